package dev.kindling.executor.operator;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.block.SpillFile;
import dev.kindling.executor.memory.TaskMemory;
import dev.kindling.serde.RowCodecs;
import dev.kindling.serde.RowCopier;
import dev.kindling.serde.RowReader;
import dev.kindling.serde.RowWriter;
import dev.kindling.storage.Stores;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the operators of one attempt share: its memory, scratch files, counters and end. Owned by the task's thread,
 * but for {@link #checkGroupsReadable}, which groups kept beyond the task ask from anywhere.
 */
public final class TaskScope {
    private final TaskEnvironment environment;
    private final SetCounts setCounts;
    private final Thread thread = Thread.currentThread();
    private final RowCodecs codecs;
    private final RowCopier copier;
    private final TaskCounters counters = new TaskCounters();
    private final List<SpillFile> scratchFiles = new ArrayList<>();
    private Throwable failure;
    private volatile boolean open = true;

    /** Call on the task's thread. */
    public TaskScope(TaskEnvironment environment, SetCounts setCounts) {
        this.environment = environment;
        this.setCounts = setCounts;
        this.codecs = environment.newRowCodecs();
        this.copier = new RowCopier(codecs);
    }

    public TaskMemory memory() {
        return environment.memory();
    }

    public TaskEnvironment environment() {
        return environment;
    }

    /** Those of the application. */
    Stores stores() {
        return environment.stores();
    }

    SetCounts setCounts() {
        return setCounts;
    }

    public RowWriter newRowWriter() {
        return newRowWriter(pageBytes());
    }

    RowWriter newRowWriter(int pageBytes) {
        return codecs.newWriter(pageBytes);
    }

    /** What all writers made here hold together. */
    long bytesOfWriters() {
        return codecs.heldBytes();
    }

    /** One that gives no more at once than is good for a batch. */
    RowReader newRowReader() {
        return codecs.newReader().readAtOnce(memory().batchBytes());
    }

    /** {@code row} for an operator that holds on to it: itself, or a copy where user code may fill it anew. */
    Object keep(Object row) {
        return copier.keep(row);
    }

    public TaskCounters counters() {
        return counters;
    }

    public int batchRows() {
        return environment.settings().batchRows();
    }

    public int pageBytes() {
        return environment.settings().pageBytes();
    }

    /** A scratch file that lives until {@link #closeScratch}, at the latest until the task ends. */
    SpillFile openScratch() throws IOException {
        SpillFile file = environment.openSpill();
        scratchFiles.add(file);
        return file;
    }

    void closeScratch(SpillFile file) throws IOException {
        if (scratchFiles.remove(file)) {
            file.close();
        }
    }

    /** Once a batch: stops a cancelled attempt. */
    public void checkCancelled() {
        environment.checkCancelled();
    }

    /** Once a row, for functions so slow that a batch of calls is too long to wait for: whoever cancels interrupts. */
    void checkInterrupted() {
        if (thread.isInterrupted()) {
            environment.checkCancelled();
        }
    }

    /**
     * Remembers why reading failed below a user's function: the function may wrap the exception or swallow it, and
     * still the attempt must fail, and for this reason.
     */
    void recordFailure(Throwable reason) {
        if (failure == null) {
            failure = reason;
        }
    }

    /** Why reading failed below a user's function, if it did. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    /** Records {@code reason} and is thrown as it is through the user's function, which declares no checked exception. */
    RuntimeException failedBelowUserCode(Throwable reason) {
        recordFailure(reason);
        throw TaskScope.<RuntimeException>unchecked(reason);
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E unchecked(Throwable reason) throws E {
        throw (E) reason;
    }

    /** Groups live as long as their task. Called from any thread. */
    void checkGroupsReadable() {
        if (!open) {
            throw new KindlingException(
                    ErrorCode.CLOSED,
                    "a group of task " + environment.attempt() + " was read after the task had ended; copy its values"
                            + " inside the task if they are needed later");
        }
    }

    /** Ends the task: its groups are invalid from here on, its scratch files gone. */
    public void close() throws IOException {
        open = false;
        IOException first = null;
        for (SpillFile file : scratchFiles) {
            try {
                file.close();
            } catch (IOException e) {
                first = first == null ? e : first;
            }
        }
        scratchFiles.clear();
        if (first != null) {
            throw first;
        }
    }
}
