// Hot code: recursion, arrays, matrices, virtual calls, lambdas, method handles, boxed values, strings, deep stacks, reflection.
import java.lang.invoke.*;
import java.lang.reflect.*;
import java.util.*;
import java.util.function.*;
import java.util.stream.*;

class Main {
    static void check(boolean good) { if (!good) throw new AssertionError(); }
    static int fibonacci(int n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
    sealed interface Shape permits Square, Circle, Line { double area(); }
    record Square(double side) implements Shape { public double area() { return side * side; } }
    record Circle(double radius) implements Shape { public double area() { return 3 * radius * radius; } }
    record Line() implements Shape { public double area() { return 0; } }
    static int deep(int n) { return n == 0 ? 0 : 1 + deep(n - 1); }
    static int endless(int n) { return endless(n + 1) + 1; }
    interface Greeter { String greet(String name); }
    public static void main(String[] args) throws Throwable {
        System.out.println("fibonacci " + fibonacci(32));
        boolean[] composite = new boolean[5_000_000];
        int primes = 0;
        for (int n = 2; n < composite.length; ++n) { if (composite[n]) continue; ++primes; for (long m = (long) n * n; m < composite.length; m += n) composite[(int) m] = true; }
        System.out.println("primes " + primes);
        int size = 250;
        double[][] a = new double[size][size], b = new double[size][size], c = new double[size][size];
        for (int i = 0; i < size; ++i) for (int j = 0; j < size; ++j) { a[i][j] = i + j; b[i][j] = i == j ? 1 : 0; }
        for (int i = 0; i < size; ++i) for (int k = 0; k < size; ++k) for (int j = 0; j < size; ++j) c[i][j] += a[i][k] * b[k][j];
        check(Arrays.deepEquals(a, c));
        Shape[] shapes = {new Square(2), new Circle(1), new Line()};
        double area = 0;
        for (int i = 0; i < 3_000_000; ++i) area += shapes[i % 3].area();
        System.out.println("area " + area);
        IntBinaryOperator add = (x, y) -> x + y;
        int sum = 0;
        for (int i = 0; i < 1_000_000; ++i) sum = add.applyAsInt(sum, i);
        System.out.println("lambda " + sum);
        MethodHandle handle = MethodHandles.lookup().findStatic(Main.class, "deep", MethodType.methodType(int.class, int.class));
        System.out.println("deep " + (int) handle.invokeExact(20_000));
        try { endless(0); check(false); } catch (StackOverflowError e) { System.out.println("stack overflow"); }
        Method method = Main.class.getDeclaredMethod("fibonacci", int.class);
        for (int i = 0; i < 10_000; ++i) check((int) method.invoke(null, 5) == 5);
        Greeter proxy = (Greeter) Proxy.newProxyInstance(Main.class.getClassLoader(), new Class<?>[]{Greeter.class}, (p, m, given) -> m.getName() + " " + given[0]);
        System.out.println(proxy.greet("proxy"));
        int caught = 0;
        for (int i = 0; i < 50_000; ++i) try { if (i % 2 == 0) ((int[]) null)[0] = 1; else caught += 1 / (i - i); } catch (NullPointerException | ArithmeticException e) { ++caught; }
        System.out.println("caught " + caught);
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < 200_000; ++i) counts.merge("word" + i * 7919L % 997, 1, Integer::sum);
        System.out.println("words " + counts.size() + " " + counts.get("word7"));
        Integer[] boxed = new Random(5).ints(200_000).boxed().toArray(Integer[]::new);
        Arrays.sort(boxed, Comparator.reverseOrder());
        for (int i = 1; i < boxed.length; ++i) check(boxed[i - 1] >= boxed[i]);
        System.out.println(IntStream.rangeClosed(1, 5).mapToObj(n -> switch (n % 3) { case 0 -> "fizz"; case 1 -> "one"; default -> """
            two""".strip(); }).collect(Collectors.joining(",")));
    }
}
