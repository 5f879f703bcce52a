// expect: SV
import java.net.Socket;

public class Main {
    public static void main(String[] args) throws Exception {
        try (Socket friend = new Socket("127.0.0.1", 8080)) {
            System.in.transferTo(friend.getOutputStream());
            friend.getInputStream().transferTo(System.out);
        }
    }
}
