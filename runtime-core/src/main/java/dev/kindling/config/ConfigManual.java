package dev.kindling.config;

import java.util.List;

/** Prints the manual of all keys: docs/config.md and the command {@code kindling config}. */
public final class ConfigManual {
    private ConfigManual() {}

    /** The manual page as Markdown, one table row a key. */
    public static String markdown() {
        StringBuilder page = new StringBuilder();
        page.append("# Configuration\n\n")
                .append("Printed from the declarations by `ConfigManual`; a test fails when this page is stale.\n\n")
                .append("An unknown `kindling.*` key stops the start and names the nearest ones. The `spark.*` keys"
                        + " below are")
                .append(" taken for their counterparts, other `spark.*` keys are warned about and ignored.")
                .append(" Sizes are written `65536`, `64k`, `1g`; times `4000`, `500ms`, `4s`, `2min`.\n\n")
                .append("| key | type | default | allowed | Spark's name | meaning |\n")
                .append("|---|---|---|---|---|---|\n");
        for (ConfigKey<?> key : ConfigKeys.all()) {
            page.append("| ")
                    .append(String.join(
                            " | ",
                            List.of(
                                    code(key.name()),
                                    key.typeName(),
                                    code(key.defaultText()),
                                    key.bounds(),
                                    code(SparkAliases.of(key)),
                                    key.doc().replace("|", "\\|"))))
                    .append(" |\n");
        }
        return page.toString();
    }

    /** The same for a terminal. */
    public static String text() {
        StringBuilder page = new StringBuilder();
        for (ConfigKey<?> key : ConfigKeys.all()) {
            page.append(key.name()).append("  (").append(key.typeName());
            page.append(key.bounds().isEmpty() ? "" : ", " + key.bounds());
            page.append(", default ")
                    .append(key.defaultText().isEmpty() ? "empty" : key.defaultText())
                    .append(")\n");
            page.append("    ").append(key.doc()).append('\n');
        }
        return page.toString();
    }

    private static String code(String text) {
        return text.isEmpty() ? "" : "`" + text + "`";
    }
}
