package dev.kindling.api;

/** The files that were given with {@code --files} or {@code addFile}, as a task finds them on its own machine. */
public final class KindlingFiles {
    private KindlingFiles() {}

    /**
     * The full path of a file that was given under this name (its own, without directories). For functions inside
     * tasks, on the task's thread.
     *
     * @throws KindlingException when no file of this name was given, it cannot be had, or no task runs on this thread
     */
    public static String get(String name) {
        return current().localFile(name).toString();
    }

    /** The directory in which {@link #get} finds them; only those that were asked for are certain to be there. */
    public static String getRootDirectory() {
        return current().localFilesDirectory().toString();
    }

    private static TaskContext current() {
        TaskContext task = TaskContext.get();
        if (task == null) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    "no task runs on this thread; ask for files inside the function, on the thread that calls it");
        }
        return task;
    }
}
