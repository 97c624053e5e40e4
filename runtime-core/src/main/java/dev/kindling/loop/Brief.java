package dev.kindling.loop;

import java.util.StringJoiner;

/**
 * An event or effect as a {@link Story} remembers it when the thing itself would hold on to too much: its name and a
 * few small values. Text is made of it only when somebody reads the story.
 */
public final class Brief {
    private final String name;
    private final Object[] values;

    private Brief(String name, Object[] values) {
        this.name = name;
        this.values = values;
    }

    public static Brief of(String name, Object... values) {
        return new Brief(name, values);
    }

    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(", ", name + "[", "]");
        for (Object value : values) {
            text.add(String.valueOf(value));
        }
        return text.toString();
    }
}
