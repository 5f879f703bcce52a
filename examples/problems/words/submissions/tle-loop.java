// expect: TLE
// Waits for the end of input in a loop that never looks.
public class Main {
    public static void main(String[] args) {
        long turns = 0;
        while (turns >= 0)
            turns = turns == Long.MAX_VALUE ? 0 : turns + 1;
        System.out.println(turns);
    }
}
