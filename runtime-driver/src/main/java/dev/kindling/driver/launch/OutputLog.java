package dev.kindling.driver.launch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * The file an executor process writes to by itself, append only, kept short from outside; its end goes into messages.
 * A file and not a pipe: a child of a dead executor may hold a pipe open for ever, and a pipe nobody reads stops a
 * process. Used by the thread that follows the process.
 */
final class OutputLog {
    private static final long MAX_BYTES = 8L << 20;
    private static final int TAIL_BYTES = 8 << 10;
    private static final int TAIL_LINES = 12;

    private final Path file;

    private OutputLog(Path file) {
        this.file = file;
    }

    static OutputLog of(String executorId, Path logs) {
        return new OutputLog(logs.resolve(executorId + ".log"));
    }

    void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // It goes with the application's directory.
        }
    }

    ProcessBuilder.Redirect redirect() {
        return ProcessBuilder.Redirect.appendTo(file.toFile());
    }

    /** Starts the file anew when it has become too long; the process, which appends, goes on at its new end. */
    void trim() {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            if (channel.size() > MAX_BYTES) {
                channel.truncate(0);
            }
        } catch (IOException e) {
            // The log is a help for people; there is nobody to tell that it could not be kept short.
        }
    }

    /** The last lines; empty when nothing was written. */
    String tail() {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long from = Math.max(0, channel.size() - TAIL_BYTES);
            ByteBuffer bytes = ByteBuffer.allocate((int) (channel.size() - from));
            channel.read(bytes, from);
            String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
            String[] lines = text.strip().split("\n");
            return String.join(
                    "\n", Arrays.asList(lines).subList(Math.max(0, lines.length - TAIL_LINES), lines.length));
        } catch (IOException e) {
            return "";
        }
    }
}
