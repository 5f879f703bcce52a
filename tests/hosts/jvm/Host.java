/** A JVM: its garbage collector, its compiler and its null checks live on signals, before and after the library is loaded. */
public class Host {
    static native int exitCodeOfRun(String program, int code);

    static int[] nothing; // never set
    static volatile Object kept;

    /** The JVM turns the SIGSEGV of such an access into an exception, once the method is compiled. */
    static boolean caught() {
        try {
            return nothing.length < 0;
        } catch (NullPointerException e) {
            return true;
        }
    }

    public static void main(String[] args) throws Exception {
        int[] failed = {0};
        for (int i = 0; i < 20000; i++) failed[0] += caught() ? 0 : 1;
        System.load(args[0]);
        Thread[] threads = new Thread[8];
        for (int t = 0; t < threads.length; t++) {
            final int first = t * 20;
            threads[t] = new Thread(() -> {
                for (int i = 0; i < 20; i++) {
                    if (exitCodeOfRun(args[1], first + i) != first + i) synchronized (failed) { failed[0]++; }
                    for (int k = 0; k < 2000; k++) {
                        kept = new byte[1000];
                        if (!caught()) synchronized (failed) { failed[0]++; }
                    }
                }
            });
            threads[t].start();
        }
        for (Thread t : threads) {
            t.join();
            System.gc();
        }
        int child = new ProcessBuilder(args[1], "exit", "7").start().waitFor(); // reaped by the JVM, not by us
        if (child != 7) failed[0]++;
        System.out.println(failed[0] + " wrong");
        System.exit(failed[0] == 0 ? 0 : 1);
    }
}
