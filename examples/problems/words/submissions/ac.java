// expect: AC
import java.io.*;
import java.util.*;

public class Main {
    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        int k = Integer.parseInt(in.readLine().trim());
        Map<String, Integer> counts = new HashMap<>();
        for (String line; (line = in.readLine()) != null;)
            for (StringTokenizer words = new StringTokenizer(line); words.hasMoreTokens();)
                counts.merge(words.nextToken(), 1, Integer::sum);
        List<String> order = new ArrayList<>(counts.keySet());
        order.sort((a, b) -> {
            int byCount = counts.get(b) - counts.get(a);
            return byCount != 0 ? byCount : a.compareTo(b);
        });
        StringBuilder out = new StringBuilder();
        for (String word : order.subList(0, Math.min(k, order.size())))
            out.append(word).append(' ').append(counts.get(word)).append('\n');
        System.out.print(out);
    }
}
