package dev.kindling.storage;

import dev.kindling.config.Config;
import java.util.List;

/** One kind of storage. Found by {@code ServiceLoader}, also where its libraries are missing, so it names none of them. */
public interface StorageProvider {
    /** In lower case, such as {@code file}, which is also that of a path without scheme. */
    List<String> schemes();

    /** What one application uses of it, with that application's settings. Opens nothing yet. */
    Storage open(Config config);
}
