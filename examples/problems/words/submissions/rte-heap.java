// expect: RTE
// The heap of the virtual machine has the problem's memory limit: Java tells of that by itself.
import java.util.ArrayList;

public class Main {
    public static void main(String[] args) {
        ArrayList<long[]> kept = new ArrayList<>();
        for (;;)
            kept.add(new long[100000]);
    }
}
