// expect: CE
public class Solution {
    public static void main(String[] args) {
        System.out.println("The class is not called Main")
    }
}
