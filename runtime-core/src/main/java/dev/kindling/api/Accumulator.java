package dev.kindling.api;

import dev.kindling.api.spi.TaskVariables;
import java.io.Serial;
import java.io.Serializable;
import java.util.Optional;

/**
 * Something that tasks only add to and that the driver reads: a count, a sum, a list, or a class of the program's own.
 *
 * <p>It is registered with a context and captured by functions. Every attempt of a task gets a zero copy of its own;
 * when the attempt has succeeded, the copy is merged into the original on the driver. What is merged counts once: an
 * attempt that failed or was given up counts nothing, and neither does a partition that is computed again because its
 * map output was lost, or by a later job. A partition of a persisted set is counted once as long as the set is
 * persisted, also when it was evicted and is computed again. A partition of a result is counted once for each job that
 * computes it. All updates of a job are merged when its action returns.
 *
 * <p>A class of one's own has a constructor or {@link #copy} that needs nothing from the driver, and is serializable;
 * its copies are only ever used by one thread at a time.
 *
 * @param <IN> what is added
 * @param <OUT> what is read
 */
public abstract class Accumulator<IN, OUT> implements Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final long UNREGISTERED = -1;

    private long id = UNREGISTERED;
    private String name = "";
    private transient boolean isOriginal;

    /**
     * A number of its own in its application.
     *
     * @throws KindlingException when it is not registered
     */
    public final long id() {
        if (!isRegistered()) {
            throw notRegistered("has no id");
        }
        return id;
    }

    /** The name it was registered under; named ones appear in events. */
    public final Optional<String> name() {
        return name.isEmpty() ? Optional.empty() : Optional.of(name);
    }

    public final boolean isRegistered() {
        return id != UNREGISTERED;
    }

    /** Whether nothing was added: then nothing is sent. */
    public abstract boolean isZero();

    /** Another one of the same content, which shares nothing that changes with this one. */
    public abstract Accumulator<IN, OUT> copy();

    /** Another one that is zero; copies and resets unless a class knows a shorter way. */
    public Accumulator<IN, OUT> copyAndReset() {
        Accumulator<IN, OUT> copy = copy();
        copy.reset();
        return copy;
    }

    /** From here on it is zero. */
    public abstract void reset();

    public abstract void add(IN v);

    /** Adds what was added to {@code other}, which is of the same class; leaves {@code other} as it is. */
    public abstract void merge(Accumulator<IN, OUT> other);

    /** What was added so far; of use on the driver. */
    public abstract OUT value();

    // ---- how it travels -------------------------------------------------------------------------------------------

    /** For the context, once. */
    final void register(long newId, String newName) {
        id = newId;
        name = newName;
        isOriginal = true;
    }

    /** Its values stay on the driver: what goes to a task is a zero of the same number. */
    @Serial
    protected final Object writeReplace() {
        if (!isRegistered()) {
            throw notRegistered("cannot be used by tasks");
        }
        return isOriginal ? zeroForTask() : this;
    }

    /** All functions of an attempt that captured it add to one copy. */
    @Serial
    protected final Object readResolve() {
        TaskVariables task = TaskVariables.current();
        return task == null || !isRegistered() ? this : task.adopt(this);
    }

    /** Merging holds the same lock: a copy is never made of something half merged. */
    private synchronized Accumulator<IN, OUT> zeroForTask() {
        Accumulator<IN, OUT> zero;
        boolean isUsable;
        try {
            zero = copyAndReset();
            isUsable = zero != null && zero != this && zero.isZero();
        } catch (RuntimeException e) {
            throw new KindlingException(
                    ErrorCode.USER_CODE_FAILED,
                    describe() + " cannot be copied for a task: copyAndReset() threw " + e,
                    e);
        }
        if (!isUsable) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    describe()
                            + " cannot be copied for a task: copyAndReset() must return another object that is zero");
        }
        zero.id = id;
        zero.name = name;
        return zero;
    }

    private KindlingException notRegistered(String consequence) {
        return new KindlingException(
                ErrorCode.BAD_ARGUMENT,
                describe() + " is not registered and " + consequence
                        + "; call register(it, name) on the context first");
    }

    /** Tasks know only what they added themselves: to read that by mistake is an error. */
    final void checkReadable() {
        if (TaskContext.get() != null) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    describe()
                            + " is read inside a task; tasks only add to it, read it on the driver after the action");
        }
    }

    @Override
    public String toString() {
        return describe();
    }

    /** Class, name and number; never the value. */
    private String describe() {
        String kind = getClass().getSimpleName().isEmpty()
                ? getClass().getName()
                : getClass().getSimpleName();
        return kind + (name.isEmpty() ? "" : " " + name) + (isRegistered() ? " (accumulator " + id + ")" : "");
    }
}
