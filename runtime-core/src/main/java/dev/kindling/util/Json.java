package dev.kindling.util;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON, as much of it as event logs and manifests need: objects are {@code Map<String, ?>} in their order, arrays
 * {@code List<?>}, whole numbers {@code Long}, others {@code Double}. Written on one line without spaces.
 */
public final class Json {
    private static final int MAX_DEPTH = 64;

    private Json() {}

    /** @throws IllegalArgumentException for a value that JSON has no form for */
    public static String write(Object value) {
        StringBuilder out = new StringBuilder();
        write(value, out);
        return out.toString();
    }

    /** @throws IllegalArgumentException naming the position of what is not JSON */
    public static Object parse(String text) {
        Parser parser = new Parser(text);
        Object value = parser.value(0);
        parser.skipSpace();
        if (parser.at != text.length()) {
            throw parser.bad("the end");
        }
        return value;
    }

    private static void write(Object value, StringBuilder out) {
        if (value == null || value instanceof Boolean || value instanceof Integer || value instanceof Long) {
            out.append(value);
        } else if (value instanceof Double number && Double.isFinite(number)) {
            out.append(number.doubleValue());
        } else if (value instanceof String text) {
            writeString(text, out);
        } else if (value instanceof Map<?, ?> map) {
            String separator = "{";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.append(separator);
                writeString((String) entry.getKey(), out);
                out.append(':');
                write(entry.getValue(), out);
                separator = ",";
            }
            out.append(map.isEmpty() ? "{}" : "}");
        } else if (value instanceof Iterable<?> items) {
            String separator = "[";
            for (Object item : items) {
                out.append(separator);
                write(item, out);
                separator = ",";
            }
            out.append(separator.equals("[") ? "[]" : "]");
        } else {
            throw new IllegalArgumentException(
                    "JSON has no form for " + value.getClass().getName());
        }
    }

    private static void writeString(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || c > '~') {
                // ASCII only, so that a log can be read whatever the reader takes its encoding for.
                out.append("\\u").append(Character.forDigit(c >> 12, 16)).append(Character.forDigit(c >> 8 & 15, 16));
                out.append(Character.forDigit(c >> 4 & 15, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    private static final class Parser {
        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        Object value(int depth) {
            if (depth > MAX_DEPTH) {
                throw bad("fewer than " + MAX_DEPTH + " levels");
            }
            skipSpace();
            char c = at < text.length() ? text.charAt(at) : 0;
            return switch (c) {
                case '{' -> object(depth);
                case '[' -> array(depth);
                case '"' -> string();
                case 't' -> word("true", true);
                case 'f' -> word("false", false);
                case 'n' -> word("null", null);
                default -> number();
            };
        }

        private Map<String, Object> object(int depth) {
            Map<String, Object> map = new LinkedHashMap<>();
            at++;
            if (has('}')) {
                return map;
            }
            do {
                skipSpace();
                String name = string();
                expect(':');
                map.put(name, value(depth + 1));
            } while (has(','));
            expect('}');
            return map;
        }

        private List<Object> array(int depth) {
            List<Object> list = new ArrayList<>();
            at++;
            if (has(']')) {
                return list;
            }
            do {
                list.add(value(depth + 1));
            } while (has(','));
            expect(']');
            return list;
        }

        private String string() {
            StringBuilder out = new StringBuilder();
            if (at >= text.length() || text.charAt(at) != '"') {
                throw bad("a string");
            }
            for (at++; at < text.length(); at++) {
                char c = text.charAt(at);
                if (c == '"') {
                    at++;
                    return out.toString();
                }
                out.append(c == '\\' ? escaped() : c);
            }
            throw bad("a closing quote");
        }

        private char escaped() {
            at++;
            char c = at < text.length() ? text.charAt(at) : 0;
            return switch (c) {
                case '"', '\\', '/' -> c;
                case 'b' -> '\b';
                case 'f' -> '\f';
                case 'n' -> '\n';
                case 'r' -> '\r';
                case 't' -> '\t';
                case 'u' -> unicode();
                default -> throw bad("an escape");
            };
        }

        private char unicode() {
            if (at + 5 > text.length()) {
                throw bad("four hex digits");
            }
            int code = 0;
            for (int i = 1; i <= 4; i++) {
                int digit = Character.digit(text.charAt(at + i), 16);
                if (digit < 0) {
                    throw bad("four hex digits");
                }
                code = code << 4 | digit;
            }
            at += 4;
            return (char) code;
        }

        private Object number() {
            int from = at;
            while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
            String number = text.substring(from, at);
            try {
                boolean isWhole = number.chars().noneMatch(c -> c == '.' || c == 'e' || c == 'E');
                if (isWhole) {
                    return Long.valueOf(number);
                }
                return Double.valueOf(number);
            } catch (NumberFormatException e) {
                at = from;
                throw bad("a value");
            }
        }

        private Object word(String word, Object value) {
            if (!text.startsWith(word, at)) {
                throw bad("a value");
            }
            at += word.length();
            return value;
        }

        private boolean has(char wanted) {
            skipSpace();
            if (at < text.length() && text.charAt(at) == wanted) {
                at++;
                return true;
            }
            return false;
        }

        private void expect(char wanted) {
            if (!has(wanted)) {
                throw bad("'" + wanted + "'");
            }
        }

        private void skipSpace() {
            while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        private IllegalArgumentException bad(String wanted) {
            return new IllegalArgumentException("not JSON: " + wanted + " is missing at character " + at);
        }
    }
}
