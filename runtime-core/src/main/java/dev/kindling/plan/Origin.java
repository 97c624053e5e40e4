package dev.kindling.plan;

import java.io.Serializable;

/**
 * Where a set came from in the user's program.
 *
 * @param operation the method's name as the user wrote it, such as {@code mapToPair}
 * @param callSite the user's own place, such as {@code ZipCount.java:42}; empty when unknown
 */
public record Origin(String operation, String callSite) implements Serializable {
    @Override
    public String toString() {
        return callSite.isEmpty() ? operation : operation + " at " + callSite;
    }
}
