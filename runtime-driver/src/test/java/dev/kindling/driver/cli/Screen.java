package dev.kindling.driver.cli;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A terminal without an end: shows what was written as people would see it. Safe for many threads. */
final class Screen {
    private final List<StringBuilder> lines = new ArrayList<>(List.of(new StringBuilder()));
    private final StringBuilder escape = new StringBuilder();
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
    private int column;

    /** A stream to it. */
    PrintStream stream() {
        return new PrintStream(
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        take((byte) b);
                    }

                    @Override
                    public void write(byte[] bytes, int offset, int length) {
                        synchronized (Screen.this) {
                            for (int i = offset; i < offset + length; i++) {
                                take(bytes[i]);
                            }
                        }
                    }
                },
                true,
                StandardCharsets.UTF_8);
    }

    private synchronized void take(byte b) {
        if (escape.length() > 0) {
            escape.append((char) b);
            if (escape.toString().equals("\033[K")) {
                lines.get(lines.size() - 1).setLength(column);
                escape.setLength(0);
            } else if (escape.length() > 3) {
                throw new AssertionError("an escape sequence that no terminal was asked for: " + escape);
            }
        } else if (b == '\033') {
            escape.append((char) b);
        } else if (b == '\r') {
            column = 0;
        } else if (b == '\n') {
            lines.add(new StringBuilder());
            column = 0;
        } else {
            pending.write(b);
            String text = pending.toString(StandardCharsets.UTF_8);
            if (!text.endsWith("\ufffd")) {
                put(text);
                pending.reset();
            }
        }
    }

    private void put(String text) {
        StringBuilder line = lines.get(lines.size() - 1);
        line.replace(column, Math.min(line.length(), column + text.length()), text);
        column += text.length();
    }

    /** Top to bottom; the last one is that of the cursor. */
    synchronized List<String> lines() {
        return lines.stream().map(StringBuilder::toString).toList();
    }
}
