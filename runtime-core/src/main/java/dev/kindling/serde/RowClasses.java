package dev.kindling.serde;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds the classes that pages name: through the application's class loader, and only {@link AllowedClasses}. Used by one
 * thread.
 */
final class RowClasses {
    private final ClassLoader loader;
    private final Map<String, Class<?>> found = new HashMap<>();

    RowClasses(ClassLoader loader) {
        this.loader = loader;
    }

    ClassLoader loader() {
        return loader;
    }

    Class<?> load(String name) {
        Class<?> known = found.get(name);
        if (known != null) {
            return known;
        }
        try {
            Class<?> type = Class.forName(name, false, loader);
            if (!AllowedClasses.isAllowed(type)) {
                throw AllowedClasses.refusal(name);
            }
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
