package dev.kindling.serde;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Finds the classes that pages name: through the application's class loader, and only those its filter allows. Used by
 * one thread.
 */
final class RowClasses {
    private final ClassLoader loader;
    private final Predicate<String> isAllowed;
    private final Map<String, Class<?>> found = new HashMap<>();

    RowClasses(ClassLoader loader, Predicate<String> isAllowed) {
        this.loader = loader;
        this.isAllowed = isAllowed;
    }

    ClassLoader loader() {
        return loader;
    }

    boolean isAllowed(String name) {
        return isAllowed.test(name);
    }

    Class<?> load(String name) {
        Class<?> known = found.get(name);
        if (known != null) {
            return known;
        }
        if (!isAllowed.test(name)) {
            throw new KindlingException(ErrorCode.NOT_SERIALIZABLE, "rows may not contain class " + name);
        }
        try {
            Class<?> type = Class.forName(name, false, loader);
            found.put(name, type);
            return type;
        } catch (ClassNotFoundException | LinkageError e) {
            throw new KindlingException(
                    ErrorCode.NOT_SERIALIZABLE,
                    "class " + name + " of a row is not found here. Is the jar that holds it among the"
                            + " application's jars (--jars)?",
                    e);
        }
    }
}
