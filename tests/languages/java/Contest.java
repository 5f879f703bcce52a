// What contest programs do, and what hostile ones try; ../README.md has the list.
import java.io.*;
import java.math.BigInteger;
import java.util.*;
import java.util.concurrent.*;
import java.util.regex.*;
import java.util.stream.*;

public class Contest {
    static long seed = 42;

    static long next() {
        return seed = seed * 48271 % 2147483647L;
    }

    static void input() throws IOException {
        StreamTokenizer in = new StreamTokenizer(new BufferedInputStream(System.in));
        in.nextToken();
        int n = (int) in.nval;
        long sum = 0, max = 0;
        for (int i = 0; i < n; i++) {
            in.nextToken();
            long v = (long) in.nval;
            sum += v;
            max = Math.max(max, v);
        }
        System.out.println(n + " " + sum + " " + max);
    }

    static int deep(int n) {
        return n == 0 ? 0 : 1 + deep(n - 1);
    }

    static void recursion() throws InterruptedException {
        Thread t = new Thread(null, () -> System.out.println(deep(100000)), "deep", 256L << 20);
        t.start();
        t.join();
    }

    static void threads() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        List<Future<Long>> sums = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            final long factor = i;
            sums.add(pool.submit(() -> LongStream.rangeClosed(1, 10000).map(k -> k * factor).sum()));
        }
        long total = 0;
        for (Future<Long> f : sums) total += f.get();
        pool.shutdown();
        if (IntStream.range(0, 1000).parallel().sum() != 499500) total = -1;
        System.out.println(total);
    }

    static void exceptions() {
        int count = 0;
        for (int i = 0; i < 1000; i++) {
            try {
                String s = i % 2 == 0 ? null : "";
                s.charAt(i); // a null is found by a real SIGSEGV
            } catch (NullPointerException | StringIndexOutOfBoundsException e) {
                count++;
            }
        }
        System.out.println(count);
    }

    static void regex() {
        Matcher m = Pattern.compile("[a-z][0-9]+").matcher("a1 b22 c333 d4444 ".repeat(100));
        int count = 0, digits = 0;
        while (m.find()) {
            count++;
            digits += m.group().length() - 1;
        }
        System.out.println(count + " " + digits);
    }

    static void bignum() {
        System.out.println(BigInteger.TWO.pow(1000).toString().chars().map(c -> c - '0').sum());
    }

    static void timing() throws InterruptedException {
        long begin = System.nanoTime();
        Thread.sleep(20);
        long took = System.nanoTime() - begin;
        System.out.println(took >= 20_000_000 && took < 60_000_000_000L && System.currentTimeMillis() > 0 ? "ok" : "wrong");
    }

    static void random() {
        Random r = new Random();
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < 1000; i++) seen.add(r.nextInt(100));
        boolean ids = !UUID.randomUUID().equals(UUID.randomUUID());
        System.out.println(seen.size() > 50 && ids && ThreadLocalRandom.current().nextInt(5) < 5 ? "ok" : "wrong");
    }

    static void sort() {
        Long[] v = new Long[100000];
        for (int i = 0; i < v.length; i++) v[i] = next();
        Arrays.sort(v);
        System.out.println(v[0] + " " + v[50000] + " " + v[99999]);
    }

    static void hash() {
        Map<Long, Integer> count = new HashMap<>();
        for (int i = 0; i < 100000; i++) count.merge(next() % 1000, 1, Integer::sum);
        System.out.println(count.size() + " " + Collections.max(count.values()));
    }

    static void output() {
        PrintWriter out = new PrintWriter(new BufferedWriter(new OutputStreamWriter(System.out)));
        for (int i = 1; i <= 20000; i++) {
            out.println(i);
            if (i % 1000 == 0) out.flush();
        }
        out.flush();
    }

    interface Attempt {
        void run() throws Exception;
    }

    static void answer(Attempt a) {
        try {
            a.run();
            System.out.println("made it");
        } catch (Exception e) {
            System.out.println("refused");
        }
    }

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "input": input(); break;
            case "recursion": recursion(); break;
            case "threads": threads(); break;
            case "exceptions": exceptions(); break;
            case "regex": regex(); break;
            case "bignum": bignum(); break;
            case "timing": timing(); break;
            case "random": random(); break;
            case "sort": sort(); break;
            case "hash": hash(); break;
            case "output": output(); break;
            case "user": System.out.println(System.getProperty("user.name") != null ? "ok" : "wrong"); break;
            case "shell": answer(() -> new ProcessBuilder("/bin/sh", "-c", "echo escaped").inheritIO().start().waitFor()); break;
            case "socket": answer(() -> new java.net.ServerSocket(0).close()); break;
            default: System.exit(2);
        }
    }
}
