package dev.kindling.yarn.emr;

import dev.kindling.util.Json;
import java.util.List;

/** Text of a POSIX shell script, one command after the other. Words are taken literally; only variables are not. */
final class Shell {
    private final StringBuilder text = new StringBuilder();

    /** One word that means these characters and nothing else. */
    static String word(String characters) {
        return characters.matches("[\\w./:=,+@%-]+") ? characters : "'" + characters.replace("'", "'\\''") + "'";
    }

    /** A value as JSON, as one word. */
    static String json(Object value) {
        return word(Json.write(value));
    }

    Shell comment(String sentence) {
        text.append(text.isEmpty() ? "# " : "\n# ").append(sentence).append('\n');
        return this;
    }

    /** Words that have been made by {@link #word}, or that the shell shall replace. */
    Shell run(String... words) {
        text.append(broken(List.of(words))).append('\n');
        return this;
    }

    /** What the command prints becomes the value of a variable. */
    Shell set(String variable, String... words) {
        text.append(variable)
                .append("=$(")
                .append(broken(List.of(words)))
                .append(")")
                .append('\n');
        return this;
    }

    /** Options on lines of their own, where there are many. */
    private static String broken(List<String> words) {
        long options = words.stream().filter(word -> word.startsWith("--")).count();
        StringBuilder line = new StringBuilder();
        for (String word : words) {
            boolean isOnItsOwn = options > 2 && word.startsWith("--");
            line.append(line.isEmpty() ? "" : isOnItsOwn ? " \\\n    " : " ").append(word);
        }
        return line.toString();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
