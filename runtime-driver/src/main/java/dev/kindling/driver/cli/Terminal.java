package dev.kindling.driver.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;

/**
 * Standard error as progress sees it: a terminal, at whose end one line is written again and again, or a file or pipe,
 * where each line stays. The start script says which, for Java cannot ask about one stream alone. Safe for many
 * threads.
 *
 * <p>What others print goes {@link #through} it: the rewritten line is taken away first, and comes back with the next
 * {@link #rewrite} that finds the cursor at the start of a line. So neither log lines nor the program's own output, a
 * prompt included, ever share a line with it.
 */
final class Terminal {
    /** Columns of the terminal that standard error is; absent or empty when it is none. */
    static final String COLUMNS_VARIABLE = "KINDLING_TERMINAL_COLUMNS";

    /** Not empty when standard output is a terminal too. */
    static final String OUTPUT_VARIABLE = "KINDLING_TERMINAL_OUTPUT";

    private static final int DEFAULT_COLUMNS = 80;
    private static final int MIN_COLUMNS = 20;

    private final PrintStream err;
    private final int columns;
    private boolean hasLine;
    private boolean isAtLineStart = true;

    /** @param columns 0 when it is no terminal */
    Terminal(PrintStream err, int columns) {
        this.err = err;
        this.columns = columns;
    }

    /** Where it is a terminal, all that this process prints from now on goes through it. */
    static Terminal ofStandardError() {
        Terminal terminal = new Terminal(System.err, columnsOf(System.getenv(COLUMNS_VARIABLE)));
        if (terminal.isRewritable()) {
            System.setErr(terminal.through(System.err, "stderr.encoding"));
            String output = System.getenv(OUTPUT_VARIABLE);
            if (output != null && !output.isEmpty()) {
                System.setOut(terminal.through(System.out, "stdout.encoding"));
            }
        }
        return terminal;
    }

    private static int columnsOf(String said) {
        if (said == null || said.isEmpty()) {
            return 0;
        }
        return said.matches("\\d{1,4}") && Integer.parseInt(said) >= MIN_COLUMNS
                ? Integer.parseInt(said)
                : DEFAULT_COLUMNS;
    }

    /** How wide it is; 0 when it is no terminal. */
    int columns() {
        return columns;
    }

    boolean isRewritable() {
        return columns > 0;
    }

    /** Shows this line in the place of the last one; does nothing unless it is a terminal and at the start of a line. */
    synchronized void rewrite(String line) {
        if (isRewritable() && isAtLineStart) {
            err.print("\r" + (line.length() < columns ? line : line.substring(0, columns - 1)) + "\033[K");
            err.flush();
            hasLine = !line.isEmpty();
        }
    }

    /** Takes the rewritten line away. */
    synchronized void clear() {
        if (hasLine) {
            err.print("\r\033[K");
            err.flush();
            hasLine = false;
        }
    }

    /** A line that stays. */
    synchronized void say(String line) {
        clear();
        err.println((isAtLineStart ? "" : System.lineSeparator()) + line);
        err.flush();
        isAtLineStart = true;
    }

    // ---- what others print
    // --------------------------------------------------------------------------------------------

    /**
     * A stream that prints to {@code original} without touching the rewritten line.
     *
     * @param encodingKey system property that names the encoding of the original
     */
    PrintStream through(PrintStream original, String encodingKey) {
        return new PrintStream(new Passage(original), true, encodingOf(encodingKey));
    }

    private static Charset encodingOf(String key) {
        String name = System.getProperty(key, System.getProperty("sun." + key, ""));
        try {
            return name.isEmpty() ? Charset.defaultCharset() : Charset.forName(name);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            // The JVM fell back to the default too.
            return Charset.defaultCharset();
        }
    }

    private synchronized void pass(PrintStream original, byte[] bytes, int offset, int length) {
        if (length > 0) {
            clear();
            original.write(bytes, offset, length);
            isAtLineStart = bytes[offset + length - 1] == '\n';
        }
    }

    private final class Passage extends OutputStream {
        private final PrintStream original;

        Passage(PrintStream original) {
            this.original = original;
        }

        @Override
        public void write(int b) {
            pass(original, new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            pass(original, bytes, offset, length);
        }

        @Override
        public void flush() {
            original.flush();
        }

        @Override
        public void close() throws IOException {
            original.close();
        }
    }
}
