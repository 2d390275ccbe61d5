// Threads: pools, locks, latches, phasers, fork-join, completable futures, thread locals, interrupts, atomics.
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import java.util.concurrent.locks.*;
import java.util.stream.*;

class Main {
    static void check(boolean good) { if (!good) throw new AssertionError(); }
    static class Sum extends RecursiveTask<Long> {
        final long from, to;
        Sum(long from, long to) { this.from = from; this.to = to; }
        protected Long compute() {
            if (to - from <= 1000) return LongStream.range(from, to).sum();
            Sum left = new Sum(from, (from + to) / 2), right = new Sum((from + to) / 2, to);
            left.fork();
            return right.compute() + left.join();
        }
    }
    static int guarded;
    public static void main(String[] args) throws Exception {
        Object monitor = new Object();
        AtomicLong atomic = new AtomicLong();
        LongAdder adder = new LongAdder();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 40; ++i) threads.add(new Thread(() -> {
            for (int n = 0; n < 1000; ++n) { synchronized (monitor) { ++guarded; } atomic.incrementAndGet(); adder.increment(); }
        }));
        threads.forEach(Thread::start);
        for (Thread thread : threads) thread.join();
        check(guarded == atomic.get() && adder.sum() == guarded);
        System.out.println("guarded " + guarded);
        ExecutorService pool = Executors.newFixedThreadPool(8);
        List<Future<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 200; ++i) { int n = i; futures.add(pool.submit(() -> n * n)); }
        int sum = 0;
        for (Future<Integer> future : futures) sum += future.get();
        System.out.println("pool " + sum);
        try { pool.submit(() -> { throw new IllegalStateException("in a pool"); }).get(); } catch (ExecutionException e) { System.out.println(e.getCause().getMessage()); }
        System.out.println("fork-join " + new ForkJoinPool(4).invoke(new Sum(0, 1_000_000)));
        System.out.println("parallel " + IntStream.range(0, 100_000).parallel().filter(n -> n % 3 == 0).mapToLong(n -> n).sum());
        CyclicBarrier barrier = new CyclicBarrier(6);
        CountDownLatch latch = new CountDownLatch(6);
        Phaser phaser = new Phaser(6);
        for (int i = 0; i < 6; ++i) pool.submit(() -> { for (int t = 0; t < 10; ++t) barrier.await(); phaser.arriveAndAwaitAdvance(); latch.countDown(); return 0; });
        check(latch.await(60, TimeUnit.SECONDS));
        System.out.println("phase " + phaser.getPhase());
        ReentrantLock lock = new ReentrantLock(true);
        Condition turned = lock.newCondition();
        int[] turn = {0};
        List<Future<?>> turns = new ArrayList<>();
        for (int i = 0; i < 3; ++i) { int own = i; turns.add(pool.submit(() -> {
            for (int t = 0; t < 50; ++t) { lock.lock(); try { while (turn[0] % 3 != own) turned.await(); ++turn[0]; turned.signalAll(); } finally { lock.unlock(); } }
            return 0; })); }
        for (Future<?> f : turns) f.get();
        System.out.println("turns " + turn[0]);
        BlockingQueue<Integer> queue = new ArrayBlockingQueue<>(4);
        Future<Integer> consumer = pool.submit(() -> { int total = 0; for (int n; (n = queue.take()) >= 0; ) total += n; return total; });
        for (int n = 0; n < 2000; ++n) queue.put(n);
        queue.put(-1);
        System.out.println("queue " + consumer.get());
        System.out.println("futures " + CompletableFuture.supplyAsync(() -> 20).thenCombine(CompletableFuture.supplyAsync(() -> 22), Integer::sum).thenApplyAsync(n -> "<" + n + ">").get());
        check(CompletableFuture.supplyAsync(() -> { if (true) throw new RuntimeException(); return 1; }).exceptionally(e -> 7).get() == 7);
        ThreadLocal<String> local = ThreadLocal.withInitial(() -> Thread.currentThread().getName());
        Thread named = new Thread(() -> check(local.get().equals("named")), "named");
        named.start(); named.join();
        Thread sleeper = new Thread(() -> { try { Thread.sleep(60000); } catch (InterruptedException e) { System.out.println("interrupted"); } });
        sleeper.start(); sleeper.interrupt(); sleeper.join();
        ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
        CountDownLatch ticks = new CountDownLatch(5);
        ScheduledFuture<?> repeated = timer.scheduleAtFixedRate(ticks::countDown, 1, 2, TimeUnit.MILLISECONDS);
        check(ticks.await(60, TimeUnit.SECONDS));
        repeated.cancel(false);
        timer.shutdownNow(); pool.shutdown();
        check(pool.awaitTermination(60, TimeUnit.SECONDS));
        Exchanger<String> exchanger = new Exchanger<>();
        FutureTask<String> other = new FutureTask<>(() -> exchanger.exchange("from thread"));
        new Thread(other).start();
        System.out.println(exchanger.exchange("from main") + ", " + other.get());
        System.out.println("sorted " + new Random(1).ints(300_000).parallel().sorted().skip(1000).findFirst().getAsInt());
    }
}
