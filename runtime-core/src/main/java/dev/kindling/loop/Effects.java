package dev.kindling.loop;

/** Where a {@link Core} appends what shall be done, in the order in which it shall be done. */
@FunctionalInterface
public interface Effects<F> {
    void add(F effect);
}
