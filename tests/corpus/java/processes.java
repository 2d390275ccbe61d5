// ProcessBuilder: pipes, pipelines, environments, redirections, exit values, handles, timeouts, shutdown hooks.
import java.io.*;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.stream.*;

class Main {
    static void check(boolean good) { if (!good) throw new AssertionError(); }
    static String output(Process process) throws Exception { String text = new String(process.getInputStream().readAllBytes()).strip(); process.waitFor(); return text; }
    public static void main(String[] args) throws Exception {
        System.out.println("shell " + output(new ProcessBuilder("sh", "-c", "echo $((6 * 7)) | tr 0-9 a-j").start()));
        List<Process> pipeline = ProcessBuilder.startPipeline(List.of(new ProcessBuilder("seq", "1000"), new ProcessBuilder("grep", "7"), new ProcessBuilder("wc", "-l")));
        System.out.println("pipeline " + output(pipeline.get(2)));
        Process sort = new ProcessBuilder("sort", "-n").start();
        try (Writer in = sort.outputWriter()) { for (int i = 0; i < 5000; ++i) in.write(i * 7919 % 5000 + "\n"); }
        String[] sorted = output(sort).split("\n");
        check(sorted.length == 5000 && IntStream.range(0, 5000).allMatch(i -> Integer.parseInt(sorted[i]) == i));
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", "echo $COLOUR; pwd; echo error >&2; exit 3").directory(new File("/tmp")).redirectErrorStream(true);
        builder.environment().put("COLOUR", "blue");
        Process process = builder.start();
        System.out.println(output(process).replace('\n', ' ') + " " + process.exitValue());
        Path file = Files.createTempFile("corpus", ".out");
        new ProcessBuilder("echo", "into a file").redirectOutput(file.toFile()).start().waitFor();
        System.out.print(Files.readString(file));
        System.out.println(output(new ProcessBuilder("cat").redirectInput(file.toFile()).start()));
        try { new ProcessBuilder("/no/such").start(); } catch (IOException e) { System.out.println("missing"); }
        Process sleeper = new ProcessBuilder("sleep", "60").start();
        check(!sleeper.waitFor(20, TimeUnit.MILLISECONDS) && sleeper.isAlive() && sleeper.toHandle().info().command().isPresent());
        check(ProcessHandle.current().children().anyMatch(child -> child.pid() == sleeper.pid()));
        CompletableFuture<Integer> ended = sleeper.onExit().thenApply(Process::exitValue);
        sleeper.destroy();
        System.out.println("destroyed " + ended.get(60, TimeUnit.SECONDS));
        System.out.println("killed " + new ProcessBuilder("sh", "-c", "kill -9 $$").start().waitFor());
        ExecutorService pool = Executors.newFixedThreadPool(4);
        List<Future<Integer>> codes = new ArrayList<>();
        for (int i = 0; i < 20; ++i) { int n = i; codes.add(pool.submit(() -> Runtime.getRuntime().exec(new String[]{"sh", "-c", "exit " + n}).waitFor())); }
        int sum = 0;
        for (Future<Integer> code : codes) sum += code.get();
        System.out.println("codes " + sum);
        pool.shutdown();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
        Files.delete(file);
        System.exit(0);
    }
}
