// NIO: trees, channels, maps, locks, links, attributes, temporary files, zip, streams of lines, file names that are not ASCII.
import java.io.*;
import java.nio.*;
import java.nio.channels.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.nio.file.attribute.*;
import java.util.*;
import java.util.stream.*;
import java.util.zip.*;

class Main {
    static void check(boolean good) { if (!good) throw new AssertionError(); }
    public static void main(String[] args) throws Exception {
        Path root = Files.createTempDirectory("corpus");
        for (int i = 0; i < 100; ++i) Files.writeString(root.resolve(i + ".txt"), "x".repeat(i));
        try (Stream<Path> list = Files.list(root)) { System.out.println("bytes " + list.mapToLong(p -> p.toFile().length()).sum()); }
        Files.createDirectories(root.resolve("a/b/c"));
        Files.move(root.resolve("7.txt"), root.resolve("a/moved"), StandardCopyOption.ATOMIC_MOVE);
        Files.copy(root.resolve("8.txt"), root.resolve("a/copied"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.createSymbolicLink(root.resolve("soft"), Path.of("9.txt"));
        Files.createLink(root.resolve("hard"), root.resolve("9.txt"));
        check(Files.isSameFile(root.resolve("soft"), root.resolve("hard")) && (Integer) Files.getAttribute(root.resolve("hard"), "unix:nlink") == 2);
        Files.setPosixFilePermissions(root.resolve("hard"), PosixFilePermissions.fromString("rw-r-----"));
        Files.setLastModifiedTime(root.resolve("hard"), FileTime.fromMillis(2_000_000));
        PosixFileAttributes attributes = Files.readAttributes(root.resolve("9.txt"), PosixFileAttributes.class);
        System.out.println(PosixFilePermissions.toString(attributes.permissions()) + " " + attributes.lastModifiedTime().toMillis());
        try { Files.createFile(root.resolve("hard")); } catch (FileAlreadyExistsException e) { System.out.println("exists"); }
        try { Files.delete(root.resolve("a")); } catch (DirectoryNotEmptyException e) { System.out.println("not empty"); }
        Path big = root.resolve("big");
        try (FileChannel channel = FileChannel.open(big, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_WRITE, 0, 4 << 20);
            for (int i = 0; i < map.capacity(); i += 4) map.putInt(i, i);
            map.force();
            ByteBuffer buffer = ByteBuffer.allocateDirect(4);
            channel.read(buffer, 123_456);
            System.out.println("mapped " + buffer.getInt(0));
            try (FileLock lock = channel.lock(0, 100, false)) {
                try (FileChannel other = FileChannel.open(big, StandardOpenOption.WRITE)) { other.tryLock(0, 10, false); check(false); }
                catch (OverlappingFileLockException e) { System.out.println("locked " + lock.isValid()); }
            }
            try (FileChannel target = FileChannel.open(root.resolve("target"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                System.out.println("transferred " + channel.transferTo(0, channel.size(), target));
            }
            channel.truncate(1000).force(true);
            check(channel.size() == 1000);
        }
        try (AsynchronousFileChannel channel = AsynchronousFileChannel.open(root.resolve("async"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            System.out.println("asynchronous " + channel.write(ByteBuffer.wrap(new byte[5000]), 100).get());
        }
        try (BufferedWriter out = Files.newBufferedWriter(root.resolve("lines"))) { for (int i = 0; i < 50_000; ++i) out.write("řádek " + i + "\n"); }
        try (Stream<String> lines = Files.lines(root.resolve("lines"))) { System.out.println("lines " + lines.filter(l -> l.endsWith("7")).count()); }
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(root.resolve("z.zip")))) {
            for (int i = 0; i < 20; ++i) { zip.putNextEntry(new ZipEntry(i + ".bin")); zip.write(new byte[i * 1000]); }
        }
        try (ZipFile zip = new ZipFile(root.resolve("z.zip").toFile())) { System.out.println("zip " + zip.size() + " " + zip.getEntry("19.bin").getSize()); }
        try (FileSystem zip = FileSystems.newFileSystem(root.resolve("z.zip"))) { check(Files.size(zip.getPath("/3.bin")) == 3000); }
        try (RandomAccessFile file = new RandomAccessFile(root.resolve("random").toFile(), "rwd")) { file.setLength(100_000); file.seek(99_990); file.writeUTF("ž"); check(file.length() == 100_000); }
        File deleted = File.createTempFile("corpus", null);
        deleted.deleteOnExit();
        check(Files.getFileStore(root).getTotalSpace() > 0 && Files.probeContentType(root.resolve("1.txt")) != "");
        try (Stream<Path> walk = Files.walk(root)) { for (Path path : walk.sorted(Comparator.reverseOrder()).collect(Collectors.toList())) Files.delete(path); }
        System.out.println("gone " + Files.notExists(root));
    }
}
