package dev.kindling.driver.cli;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Standard error of a driver in another process, as it comes from its file: lines that it rewrites become rewritten
 * lines of this terminal, everything else is printed. Without this, its rewriting would hit whatever this terminal
 * shows by then. Used by one thread.
 */
final class ProgressFilter extends OutputStream {
    private static final byte[] END = "\033[K".getBytes(StandardCharsets.US_ASCII);

    /** A rewritten line is never as long; what is was written by somebody else. */
    private static final int MAX_LINE_BYTES = 4_096;

    private final Terminal terminal;
    private final PrintStream err;
    private final ByteArrayOutputStream plain = new ByteArrayOutputStream();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean isInLine;
    private int endBytes;

    ProgressFilter(Terminal terminal, PrintStream err) {
        this.terminal = terminal;
        this.err = err;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            take(bytes[i]);
        }
        printPlain();
    }

    private void take(byte b) {
        if (!isInLine && b == '\r') {
            isInLine = true;
        } else if (!isInLine) {
            plain.write(b);
        } else if (b == END[endBytes]) {
            endBytes++;
            if (endBytes == END.length) {
                printPlain();
                terminal.rewrite(line.toString(StandardCharsets.US_ASCII));
                leaveLine();
            }
        } else if (endBytes > 0 || b == '\n' || b == '\r' || line.size() == MAX_LINE_BYTES) {
            notOurs();
            take(b);
        } else {
            line.write(b);
        }
    }

    /** The program itself writes carriage returns. */
    private void notOurs() {
        plain.write('\r');
        plain.writeBytes(line.toByteArray());
        plain.write(END, 0, endBytes);
        leaveLine();
    }

    private void leaveLine() {
        line.reset();
        endBytes = 0;
        isInLine = false;
    }

    private void printPlain() {
        if (plain.size() > 0) {
            err.write(plain.toByteArray(), 0, plain.size());
            err.flush();
            plain.reset();
        }
    }

    /** What looked like the beginning of a rewritten line and did not become one is printed too. */
    @Override
    public void close() {
        if (isInLine) {
            notOurs();
        }
        printPlain();
        terminal.clear();
    }
}
