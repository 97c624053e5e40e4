package dev.kindling.driver.cli;

import java.io.PrintStream;

/**
 * Standard error as progress sees it: a terminal, where one line is written again and again, or a file or pipe, where
 * each line stays. The start script says which, for Java cannot ask about one stream alone. Safe for many threads.
 */
final class Terminal {
    /** Columns of the terminal that standard error is; absent or empty when it is none. */
    static final String COLUMNS_VARIABLE = "KINDLING_TERMINAL_COLUMNS";

    private static final int DEFAULT_COLUMNS = 80;
    private static final int MIN_COLUMNS = 20;

    private final PrintStream err;
    private final int columns;
    private boolean hasLine;

    /** @param columns 0 when it is no terminal */
    Terminal(PrintStream err, int columns) {
        this.err = err;
        this.columns = columns;
    }

    static Terminal ofStandardError() {
        String said = System.getenv(COLUMNS_VARIABLE);
        return new Terminal(System.err, said == null || said.isEmpty() ? 0 : columnsOf(said));
    }

    private static int columnsOf(String said) {
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

    /** Shows this line in the place of the last one; does nothing unless it is a terminal. */
    synchronized void rewrite(String line) {
        if (isRewritable()) {
            err.print("\r" + (line.length() < columns ? line : line.substring(0, columns - 1)) + "\033[K");
            err.flush();
            hasLine = true;
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
        err.println(line);
        err.flush();
    }
}
