package dev.kindling.api.spi;

import dev.kindling.api.KindlingContext;
import java.util.Set;

/**
 * How threads mark the jobs they start, and how jobs are cancelled. What is said of properties concerns the calling
 * thread; {@code KindlingContext} says what each method does. Safe for many threads.
 */
public interface JobControl {
    /** Null for {@code value} removes the property. */
    void setProperty(String key, String value);

    /** Null when it is not set. */
    String property(String key);

    void setGroup(String group, String description, boolean interrupts);

    void clearGroup();

    void setDescription(String description);

    void addTag(String tag);

    void removeTag(String tag);

    Set<String> tags();

    void clearTags();

    KindlingContext.Scope withGroup(String group, String description);

    KindlingContext.Scope withPool(String pool);

    KindlingContext.Scope withTag(String tag);

    void cancelGroup(String group);

    void cancelTag(String tag);

    void cancelJob(int jobId);

    void cancelAll();
}
