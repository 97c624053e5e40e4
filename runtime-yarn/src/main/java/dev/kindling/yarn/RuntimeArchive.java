package dev.kindling.yarn;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The jars of the runtime as one file, which every node unpacks once, and the archive of their classes that Java makes of
 * it, from which processes start quickly. For each file that a container gets, its node starts two programs before Java:
 * with sixty jars that was a quarter of a second.
 *
 * <p>Java takes classes from its archive only when the jars have the names, sizes and times that they had when it was made.
 * So all have one time, here and where {@code tar} unpacks them.
 */
final class RuntimeArchive {
    /** How the one file is called; nodes go by its end. */
    static final String NAME = "runtime.tar";

    /** How the archive of classes is called. */
    static final String CLASSES = "classes.jsa";

    /** Where containers have the jars: a directory in the working directory. */
    static final String LIBRARY = "lib";

    private static final FileTime TIME = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));

    // The end of a jar, as PKWARE's note on ZIP files has it.
    private static final int END_MARK = 0x06054b50;
    private static final int LEAST_END_BYTES = 22;
    private static final int MAX_END_BYTES = LEAST_END_BYTES + 0xffff;

    private static final int BLOCK_BYTES = 512;
    private static final int MAX_NAME_BYTES = 100;
    private static final int CHECKSUM_AT = 148;
    private static final int CHECKSUM_BYTES = 8;

    private static final long MAKE_WITHIN_MINUTES = 2;

    private final List<Path> jars;
    private final String recipe;

    /** @param jars as they follow each other on the class path */
    RuntimeArchive(List<Path> jars) throws IOException {
        this.jars = List.copyOf(jars);
        List<String> lines = new ArrayList<>();
        for (Path jar : jars) {
            lines.add(jar.getFileName() + " " + ContentStore.sha256(jar, directoryOf(jar)));
        }
        this.recipe = String.join("\n", lines);
    }

    /**
     * Where a jar's own directory begins, which has a checksum of each entry and says as much of the content as the jar;
     * reading all of all jars would keep the first executors waiting. The beginning of a file that is no such jar.
     */
    private static long directoryOf(Path jar) throws IOException {
        try (FileChannel in = FileChannel.open(jar)) {
            long bytes = in.size();
            ByteBuffer end =
                    ByteBuffer.allocate((int) Math.min(bytes, MAX_END_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
            long endAt = bytes - end.capacity();
            while (end.hasRemaining() && in.read(end, endAt + end.position()) >= 0) {
                continue;
            }
            for (int at = end.position() - LEAST_END_BYTES; at >= 0; at--) {
                if (end.getInt(at) == END_MARK) {
                    long directoryBytes = Integer.toUnsignedLong(end.getInt(at + 12));
                    long directoryAt = Integer.toUnsignedLong(end.getInt(at + 16));
                    return directoryAt + directoryBytes == endAt + at ? directoryAt : 0;
                }
            }
            return 0;
        }
    }

    /** Of the same jars the archive is the same. */
    String recipe() {
        return recipe;
    }

    /** Of the same jars and the same Java the archive of classes is as good. */
    String recipeOfClasses() {
        return String.join(
                "\n",
                System.getProperty("java.vm.name"),
                System.getProperty("java.vm.version"),
                System.getProperty("java.vm.vendor"),
                System.getProperty("os.arch"),
                recipe);
    }

    /** Relative to the working directory of a container. */
    List<String> classPath() {
        return jars.stream().map(jar -> LIBRARY + "/" + jar.getFileName()).toList();
    }

    // ---- one file ---------------------------------------------------------------------------------------------------

    /** Makes it below a directory of this machine. */
    Path make(Path scratch) throws IOException {
        Path archive = Files.createDirectories(scratch).resolve(NAME);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(archive))) {
            for (Path jar : jars) {
                long bytes = Files.size(jar);
                out.write(header(jar.getFileName().toString(), bytes));
                Files.copy(jar, out);
                out.write(new byte[(int) Math.floorMod(-bytes, (long) BLOCK_BYTES)]);
            }
            out.write(new byte[2 * BLOCK_BYTES]);
        }
        return archive;
    }

    /** Of a file, as POSIX has it (ustar). */
    private static byte[] header(String name, long bytes) throws IOException {
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        if (nameBytes.length > MAX_NAME_BYTES) {
            throw new IOException("the name of " + name + " is too long for an archive");
        }
        String rest = "0000644\0" + "0000000\0" + "0000000\0"
                + String.format("%011o\0", bytes)
                + String.format("%011o\0", TIME.to(TimeUnit.SECONDS))
                // Counts as blanks while it is summed up.
                + " ".repeat(CHECKSUM_BYTES)
                + "0" + "\0".repeat(MAX_NAME_BYTES) + "ustar\000" + "00";
        byte[] header = Arrays.copyOf(nameBytes, BLOCK_BYTES);
        byte[] restBytes = rest.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(restBytes, 0, header, MAX_NAME_BYTES, restBytes.length);
        int sum = 0;
        for (byte next : header) {
            sum += next & 0xff;
        }
        byte[] checksum = String.format("%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(checksum, 0, header, CHECKSUM_AT, checksum.length);
        return header;
    }

    // ---- its classes ------------------------------------------------------------------------------------------------

    /**
     * Has this JVM's Java make the archive of classes, below a directory of this machine.
     *
     * @param names a file with the names of the classes
     */
    Path makeClasses(Path names, Path scratch) throws IOException {
        Path as = Files.createDirectories(scratch.resolve("as-unpacked"));
        Path library = Files.createDirectories(as.resolve(LIBRARY));
        for (Path jar : jars) {
            Files.setLastModifiedTime(Files.copy(jar, library.resolve(jar.getFileName())), TIME);
        }
        Path archive = scratch.resolve(CLASSES).toAbsolutePath();
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:dump",
                        "-XX:SharedClassListFile=" + names.toAbsolutePath(),
                        "-XX:SharedArchiveFile=" + archive,
                        "-cp",
                        classPath().stream().collect(Collectors.joining(":")))
                .directory(as.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!java.waitFor(MAKE_WITHIN_MINUTES, TimeUnit.MINUTES) || java.exitValue() != 0) {
                throw new IOException("Java made no archive of classes");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while an archive of classes was made", e);
        } finally {
            java.destroyForcibly();
        }
        return archive;
    }
}
