package dev.kindling.arch.planted.executor.core;

/** Planted: a core whose order of iteration depends on the JVM. */
public final class KeepsAHashMap {
    public Iterable<String> names() {
        return new java.util.HashMap<String, String>().keySet();
    }
}
