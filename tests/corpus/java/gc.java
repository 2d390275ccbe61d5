// Garbage: short lives, big arrays, references of three kinds, cleaners, direct buffers, an out-of-memory that is caught.
import java.lang.ref.*;
import java.nio.ByteBuffer;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;

class Main {
    static void check(boolean good) { if (!good) throw new AssertionError(); }
    record Node(Node left, Node right) { int count() { return 1 + (left == null ? 0 : left.count() + right.count()); } }
    static Node tree(int depth) { return depth == 0 ? new Node(null, null) : new Node(tree(depth - 1), tree(depth - 1)); }
    public static void main(String[] args) throws Exception {
        long nodes = 0;
        for (int i = 0; i < 200; ++i) nodes += tree(13).count();
        System.out.println("nodes " + nodes);
        for (int i = 0; i < 100; ++i) { byte[] block = new byte[16 << 20]; block[i] = 1; check(block[i] == 1); }
        List<Thread> threads = new ArrayList<>();
        AtomicLong total = new AtomicLong();
        for (int t = 0; t < 4; ++t) threads.add(new Thread(() -> { for (int i = 0; i < 20; ++i) total.addAndGet(tree(11).count()); }));
        threads.forEach(Thread::start);
        for (Thread thread : threads) thread.join();
        System.out.println("in threads " + total);
        WeakReference<Object> weak = new WeakReference<>(new Object());
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        PhantomReference<Object> phantom = new PhantomReference<>(new Object(), queue);
        AtomicInteger cleaned = new AtomicInteger();
        Cleaner cleaner = Cleaner.create();
        for (int i = 0; i < 100; ++i) cleaner.register(new Object(), cleaned::incrementAndGet);
        for (int i = 0; i < 1000 && (weak.get() != null || cleaned.get() < 100); ++i) { System.gc(); Thread.sleep(1); }
        check(weak.get() == null && queue.remove(60_000) == phantom);
        System.out.println("cleaned " + cleaned);
        WeakHashMap<Object, Integer> map = new WeakHashMap<>();
        Object kept = new Object();
        map.put(kept, 1);
        for (int i = 0; i < 10_000; ++i) map.put(new Object(), i);
        for (int i = 0; i < 1000 && map.size() > 1; ++i) { System.gc(); Thread.sleep(1); }
        System.out.println("weak map " + map.size());
        for (int i = 0; i < 50; ++i) { ByteBuffer direct = ByteBuffer.allocateDirect(4 << 20); direct.putInt(100, i); check(direct.getInt(100) == i); }
        List<byte[]> hoard = new ArrayList<>();
        try { while (true) hoard.add(new byte[32 << 20]); } catch (OutOfMemoryError e) { hoard = null; System.out.println("heap full"); }
        SoftReference<byte[]> soft = new SoftReference<>(new byte[1000]);
        check(soft.get() == null || soft.get().length == 1000);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 500_000; ++i) text.append((char) ('a' + i % 26));
        System.out.println("text " + text.length() + " " + text.toString().hashCode());
        check(Runtime.getRuntime().maxMemory() > 0 && Runtime.getRuntime().availableProcessors() >= 1);
    }
}
