// Channels over unix sockets with a selector, pipes, and what a program without a network is told.
import java.io.*;
import java.net.*;
import java.nio.*;
import java.nio.channels.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.*;

class Main {
    static void check(boolean good) { if (!good) throw new AssertionError(); }
    public static void main(String[] args) throws Exception {
        Path path = Path.of("/tmp/corpus-java.sock");
        Files.deleteIfExists(path);
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(address).configureBlocking(false);
        Selector selector = Selector.open();
        server.register(selector, SelectionKey.OP_ACCEPT);
        Thread loop = new Thread(() -> {
            ByteBuffer buffer = ByteBuffer.allocateDirect(1024);
            try {
                for (int closed = 0; closed < 20; ) {
                    selector.select(60_000);
                    for (Iterator<SelectionKey> i = selector.selectedKeys().iterator(); i.hasNext(); i.remove()) {
                        SelectionKey key = i.next();
                        if (key.isAcceptable()) { SocketChannel client = server.accept(); client.configureBlocking(false); client.register(selector, SelectionKey.OP_READ); continue; }
                        SocketChannel client = (SocketChannel) key.channel();
                        buffer.clear();
                        if (client.read(buffer) < 0) { client.close(); ++closed; continue; }
                        buffer.flip();
                        while (buffer.hasRemaining()) client.write(buffer);
                    }
                }
            } catch (IOException e) { e.printStackTrace(); }
        });
        loop.start();
        ExecutorService pool = Executors.newFixedThreadPool(5);
        List<Future<Boolean>> answers = new ArrayList<>();
        for (int i = 0; i < 20; ++i) {
            int n = i;
            answers.add(pool.submit(() -> {
                try (SocketChannel client = SocketChannel.open(address)) {
                    boolean good = true;
                    for (int turn = 0; turn < 20; ++turn) {
                        byte[] sent = ("klient ž " + n + " " + turn).getBytes(StandardCharsets.UTF_8);
                        client.write(ByteBuffer.wrap(sent));
                        ByteBuffer back = ByteBuffer.allocate(sent.length);
                        while (back.hasRemaining()) client.read(back);
                        good &= Arrays.equals(sent, back.array());
                    }
                    return good;
                }
            }));
        }
        for (Future<Boolean> answer : answers) check(answer.get());
        pool.shutdown();
        loop.join();
        System.out.println("clients " + answers.size());
        server.close();
        Files.delete(path);
        Pipe pipe = Pipe.open();
        Thread writer = new Thread(() -> { try { pipe.sink().write(ByteBuffer.wrap(new byte[100_000])); pipe.sink().close(); } catch (IOException e) { e.printStackTrace(); } });
        writer.start();
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        int total = 0;
        for (int n; (n = pipe.source().read(buffer)) >= 0; buffer.clear()) total += n;
        System.out.println("pipe " + total);
        System.out.println("address " + InetAddress.getByName("127.0.0.1").isLoopbackAddress());
        try (Socket socket = new Socket()) { socket.connect(new InetSocketAddress("127.0.0.1", 9), 5000); check(false); } catch (IOException e) { System.out.println("no network"); }
        try { InetAddress.getByName("no.such.name.invalid"); check(false); } catch (UnknownHostException e) { System.out.println("unknown name"); }
        PipedInputStream in = new PipedInputStream();
        PrintStream piped = new PrintStream(new PipedOutputStream(in));
        new Thread(() -> { piped.print("piped"); piped.close(); }).start();
        System.out.println(new String(in.readAllBytes()));
    }
}
