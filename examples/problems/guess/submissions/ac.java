// expect: AC
import java.util.Scanner;

public class Main {
    public static void main(String[] arguments) {
        Scanner in = new Scanner(System.in);
        long low = 1, high = in.nextLong();
        while (true) {
            long middle = (low + high) / 2;
            System.out.println(middle);
            String answer = in.next();
            if (answer.equals("correct"))
                break;
            if (answer.equals("higher"))
                low = middle + 1;
            else
                high = middle - 1;
        }
    }
}
