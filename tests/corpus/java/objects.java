// Objects over time: serialisation, class loading, stack walking, annotations, dynamic code, logging, timers, system properties.
import java.io.*;
import java.lang.annotation.*;
import java.lang.management.*;
import java.util.*;
import java.util.concurrent.CountDownLatch;
import java.util.logging.*;
import java.util.prefs.*;
import java.util.zip.*;

class Main {
    static void check(boolean good) { if (!good) throw new AssertionError(); }
    @Retention(RetentionPolicy.RUNTIME) @interface Marked { int value(); }
    @Marked(7) static class Kept implements Serializable { Kept next; String name; transient int lost = 5; Kept(String name) { this.name = name; } }
    static int frames(int n) { return n == 0 ? (int) StackWalker.getInstance().walk(s -> s.filter(f -> f.getMethodName().equals("frames")).count()).longValue() : frames(n - 1); }
    public static void main(String[] args) throws Exception {
        Kept a = new Kept("a"), b = new Kept("ž");
        a.next = b; b.next = a;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(new GZIPOutputStream(bytes))) { out.writeObject(a); }
        try (ObjectInputStream in = new ObjectInputStream(new GZIPInputStream(new ByteArrayInputStream(bytes.toByteArray())))) {
            Kept read = (Kept) in.readObject();
            check(read.next.next == read && read.lost == 0);
            System.out.println("read " + read.name + read.next.name);
        }
        System.out.println("marked " + Kept.class.getAnnotation(Marked.class).value() + " frames " + frames(50));
        check(Class.forName("java.util.ArrayList").getDeclaredConstructor().newInstance() instanceof List);
        ServiceLoader<java.nio.file.spi.FileSystemProvider> loader = ServiceLoader.load(java.nio.file.spi.FileSystemProvider.class);
        check(loader.iterator() != null);
        Logger logger = Logger.getLogger("corpus");
        logger.setUseParentHandlers(false);
        logger.addHandler(new StreamHandler(System.out, new SimpleFormatter() { public String format(LogRecord r) { return r.getLevel().getName() + " " + r.getMessage() + "\n"; } }));
        logger.info("logged");
        logger.getHandlers()[0].flush();
        Timer timer = new Timer(true);
        CountDownLatch ticks = new CountDownLatch(4);
        timer.schedule(new TimerTask() { public void run() { ticks.countDown(); } }, 1, 2);
        ticks.await();
        timer.cancel();
        System.out.println("ticks " + ticks.getCount());
        long start = System.nanoTime();
        Thread.sleep(10);
        check(System.nanoTime() - start >= 9_000_000 && System.currentTimeMillis() > 1_600_000_000_000L);
        check(ManagementFactory.getThreadMXBean().getThreadCount() > 1 && ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() > 0);
        check(ManagementFactory.getRuntimeMXBean().getUptime() > 0 && ManagementFactory.getOperatingSystemMXBean().getAvailableProcessors() >= 1);
        System.out.println(System.getProperty("os.name") + " " + System.getProperty("file.encoding") + " " + System.getProperty("java.io.tmpdir"));
        Throwable deep = new Exception("outer", new IOException("inner"));
        deep.addSuppressed(new RuntimeException("suppressed"));
        StringWriter trace = new StringWriter();
        deep.printStackTrace(new PrintWriter(trace));
        check(trace.toString().contains("Caused by: java.io.IOException: inner") && trace.toString().contains("Suppressed"));
        class Resource implements AutoCloseable { public void close() { System.out.println("closed"); } }
        try (Resource one = new Resource(); Resource two = new Resource()) { throw new IllegalStateException("in the block"); }
        catch (IllegalStateException e) { System.out.println(e.getMessage()); } finally { System.out.println("finally"); }
        Thread thread = new Thread(() -> { throw new IllegalArgumentException("not caught"); });
        thread.setUncaughtExceptionHandler((t, e) -> System.out.println("handler " + e.getMessage()));
        thread.start();
        thread.join();
    }
}
