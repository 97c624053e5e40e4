package dev.kindling.contract;

import java.util.List;

/**
 * What one operator promises.
 *
 * @param methods those it shows, such as {@code RDD.map(Function)}
 * @param body compares the operator's answer with what {@code java.util.stream} makes of the same rows
 */
record Contract(List<String> methods, Body body) {
    /** Compares, and fails where the answers differ. */
    @FunctionalInterface
    interface Body {
        void check(Case rows) throws Exception;
    }

    static Contract of(Body body, String... methods) {
        return new Contract(List.of(methods), body);
    }

    @Override
    public String toString() {
        return methods.get(0) + (methods.size() == 1 ? "" : " and " + (methods.size() - 1) + " more");
    }
}
