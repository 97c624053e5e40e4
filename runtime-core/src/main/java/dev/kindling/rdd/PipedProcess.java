package dev.kindling.rdd;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * A process that gets rows as lines and whose lines are the rows that this iterator gives. Rows are pulled, and the
 * iterator is used, on the task's thread only; three threads move bytes between it and the process:
 *
 * <pre>
 *  task: pull rows, encode a chunk --> pipe-in --> standard input
 *        next() <-- lines, bounded <-- pipe-out <-- standard output
 *                                      pipe-err <-- standard error, echoed; its end is kept for the message
 * </pre>
 *
 * <p>The task never waits for the input to be taken while there are lines to hand out, and pipe-out never waits while
 * the task wants lines: so a process may read and write in any order without a deadlock, and both sides hold a bounded
 * number of bytes. A process that stops reading, as {@code head} does, is fed no more. Closing ends the process and what
 * it has started.
 */
final class PipedProcess implements Iterator<Object>, AutoCloseable {
    private static final int MAX_CHUNK_BYTES = 32 << 10;
    private static final int MAX_LINES = 1024;
    private static final int MAX_LINE_CHARS = 1 << 20;
    private static final long ERRORS_WAIT_MS = 1000;
    private static final int MAX_ERROR_LINES = 10;
    private static final int MAX_ERROR_CHARS = 2000;

    private final List<String> command;
    private final Process process;
    private final Iterator<Object> rows;
    private int chunkRows = 1;
    private boolean hasEnded;
    private Thread errors;

    // Guarded by this.
    private final Deque<String> lines = new ArrayDeque<>();
    private long lineChars;
    private byte[] chunk;
    private boolean isInputAll;
    private boolean isOutputAll;
    private boolean isClosed;
    private final Deque<String> errorLines = new ArrayDeque<>();

    private PipedProcess(List<String> command, Process process, Iterator<Object> rows) {
        this.command = command;
        this.process = process;
        this.rows = rows;
    }

    static PipedProcess start(List<String> command, Map<String, String> environment, Iterator<Object> rows)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        PipedProcess piped = new PipedProcess(command, builder.start(), rows);
        piped.startThread("pipe-in", piped::writeChunks);
        piped.startThread("pipe-out", piped::readLines);
        piped.errors = piped.startThread("pipe-err", piped::readErrors);
        return piped;
    }

    private Thread startThread(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    // ---- the task's thread
    // --------------------------------------------------------------------------------------------

    @Override
    public boolean hasNext() {
        try {
            while (!hasEnded) {
                if (hasLine()) {
                    return true;
                }
                if (!hasEnded) {
                    feed();
                }
            }
            return false;
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new KindlingException(ErrorCode.CANCELLED, "interrupted while waiting for the process " + name(), e);
        }
    }

    @Override
    public Object next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        synchronized (this) {
            String line = lines.remove();
            lineChars -= line.length();
            notifyAll();
            return line;
        }
    }

    /** Waits until there is a line, or the output is at its end, or the process can be fed. */
    private boolean hasLine() throws InterruptedException {
        synchronized (this) {
            while (lines.isEmpty() && !isOutputAll && (chunk != null || isInputAll)) {
                wait();
            }
            if (!lines.isEmpty()) {
                return true;
            }
            if (!isOutputAll) {
                return false;
            }
        }
        hasEnded = true;
        int code = process.waitFor();
        // What it has started may hold the other end for longer.
        errors.join(ERRORS_WAIT_MS);
        checkExit(code);
        return false;
    }

    /** Chunks start at one row and grow: whoever wants a few rows only has not computed many. */
    private void feed() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        boolean hasMore = rows.hasNext();
        for (int row = 0; row < chunkRows && bytes.size() < MAX_CHUNK_BYTES && hasMore; row++) {
            bytes.writeBytes(String.valueOf(rows.next()).getBytes(StandardCharsets.UTF_8));
            bytes.write('\n');
            hasMore = row + 1 < chunkRows && rows.hasNext();
        }
        chunkRows = Math.min(2 * chunkRows, MAX_CHUNK_BYTES);
        synchronized (this) {
            if (bytes.size() > 0) {
                chunk = bytes.toByteArray();
            } else {
                isInputAll = true;
            }
            notifyAll();
        }
    }

    private void checkExit(int code) {
        if (code == 0) {
            return;
        }
        String tail;
        synchronized (this) {
            tail = String.join("\n", errorLines);
        }
        throw new KindlingException(
                ErrorCode.USER_CODE_FAILED,
                "the process " + name() + " ended with exit code " + code
                        + (tail.isEmpty() ? " and wrote nothing to its standard error" : ": " + tail));
    }

    /** The program without its arguments, which may hold what is nobody's business. */
    private String name() {
        return "'" + command.get(0) + "'";
    }

    // ---- the process's threads
    // ----------------------------------------------------------------------------------------

    private void writeChunks() {
        try (OutputStream in = process.getOutputStream()) {
            for (byte[] next = awaitChunk(); next.length > 0; next = awaitChunk()) {
                in.write(next);
                in.flush();
                synchronized (this) {
                    chunk = null;
                    notifyAll();
                }
            }
        } catch (IOException e) {
            // It reads no more; its exit code says whether that was meant.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            isInputAll = true;
            chunk = null;
            notifyAll();
        }
    }

    private synchronized byte[] awaitChunk() throws InterruptedException {
        while (chunk == null && !isInputAll && !isClosed) {
            wait();
        }
        return chunk == null || isClosed ? new byte[0] : chunk;
    }

    private void readLines() {
        try (BufferedReader out = reader(process.getInputStream())) {
            String line = out.readLine();
            while (line != null && add(line)) {
                line = out.readLine();
            }
        } catch (IOException e) {
            // The process was ended while it wrote.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            isOutputAll = true;
            notifyAll();
        }
    }

    /** Waits while there are enough lines; false when nobody wants them any more. */
    private synchronized boolean add(String line) throws InterruptedException {
        while (!isClosed && (lines.size() >= MAX_LINES || lineChars >= MAX_LINE_CHARS)) {
            wait();
        }
        lines.add(line);
        lineChars += line.length();
        notifyAll();
        return !isClosed;
    }

    private void readErrors() {
        try (BufferedReader err = reader(process.getErrorStream())) {
            for (String line = err.readLine(); line != null; line = err.readLine()) {
                System.err.println(line);
                String kept = line.substring(0, Math.min(line.length(), MAX_ERROR_CHARS / MAX_ERROR_LINES));
                synchronized (this) {
                    errorLines.add(kept);
                    if (errorLines.size() > MAX_ERROR_LINES) {
                        errorLines.remove();
                    }
                }
            }
        } catch (IOException e) {
            // The process was ended while it wrote.
        }
    }

    private static BufferedReader reader(InputStream stream) {
        return new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        synchronized (this) {
            isClosed = true;
            notifyAll();
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
