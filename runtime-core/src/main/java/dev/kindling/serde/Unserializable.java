package dev.kindling.serde;

import com.esotericsoftware.kryo.kryo5.KryoException;
import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.io.Serial;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A class that nothing can write; on its way up Kryo adds the fields that led to it. */
final class Unserializable extends KryoException {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final String TRACE = "Serialization trace:";

    private final String className;

    Unserializable(Class<?> type) {
        super(type.getName());
        this.className = type.getName();
    }

    /** @param className found by Java serialization somewhere below an object of {@code root} */
    Unserializable(String className, Class<?> root, Throwable cause) {
        super(root.getName(), cause);
        this.className = className;
    }

    /** What the user is told: the class, and the fields from the row to it. Never the row. */
    static KindlingException of(Object row, KryoException failure) {
        return of("a row of class " + (row == null ? "null" : row.getClass().getName()), "rows", failure);
    }

    /** @param of what it should be kept out of */
    static KindlingException of(String subject, String of, KryoException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof KindlingException ours) {
                return ours;
            }
        }
        String path = pathOf(failure);
        String what = subject + " cannot be serialized";
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Unserializable found) {
                return new KindlingException(
                        ErrorCode.NOT_SERIALIZABLE,
                        what + ": " + (path.isEmpty() ? "" : path + " is a ") + found.className
                                + (path.isEmpty() ? " is" : ", which is")
                                + " neither Serializable nor made of fields that can be. Keep it out of " + of
                                + ", or create it inside the function that needs it.",
                        failure);
            }
        }
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return new KindlingException(
                ErrorCode.NOT_SERIALIZABLE,
                what + (path.isEmpty() ? "" : " at " + path) + ": "
                        + root.getClass().getName() + " was thrown",
                failure);
    }

    static KindlingException onReading(RuntimeException failure) {
        Throwable root = failure;
        while (root.getCause() != null && !(root instanceof KindlingException)) {
            root = root.getCause();
        }
        if (root instanceof KindlingException ours) {
            return ours;
        }
        String path = failure instanceof KryoException kryo ? pathOf(kryo) : "";
        return new KindlingException(
                ErrorCode.NOT_SERIALIZABLE,
                "a row or value cannot be read back" + (path.isEmpty() ? "" : " at " + path) + ": "
                        + root.getClass().getName() + " was thrown by Kryo or a class of the row",
                failure);
    }

    /** From Kryo's "field (class)" lines, innermost first, to {@code Order.lines -> Line.product}. */
    private static String pathOf(KryoException failure) {
        List<String> steps = new ArrayList<>();
        String message = String.valueOf(failure.getMessage());
        int trace = message.indexOf(TRACE);
        if (trace < 0) {
            return "";
        }
        for (String line : message.substring(trace + TRACE.length()).split("\n")) {
            int bracket = line.indexOf(" (");
            if (bracket > 0 && line.endsWith(")")) {
                String type = line.substring(bracket + 2, line.length() - 1);
                steps.add(type.substring(type.lastIndexOf('.') + 1) + "." + line.substring(0, bracket));
            }
        }
        Collections.reverse(steps);
        return String.join(" -> ", steps);
    }
}
