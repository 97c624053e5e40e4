package dev.kindling.api;

import java.io.Serializable;

/** One slice of a set, computed by one task; {@code index} counts from 0. */
public interface Partition extends Serializable {
    int index();
}
