package dev.kindling.api;

/** What went wrong, for programs; the message of a {@link KindlingException} says it for people. */
public enum ErrorCode {
    /** A value the caller gave cannot be used: a master, path, option, key, count. */
    BAD_ARGUMENT,
    /** An unknown or malformed {@code kindling.*} key. */
    BAD_CONFIGURATION,
    /** A lambda or object captured by it cannot travel to the executors. */
    NOT_SERIALIZABLE,
    /** Input named by the user does not exist or cannot be read. */
    INPUT_NOT_FOUND,
    /** Input changed while the job read it. */
    INPUT_CHANGED,
    /** Input is not what the program says it is, such as text where it has a column of numbers. */
    BAD_INPUT,
    /** Input ended early each time it was fetched, though its store says that it is longer. */
    INPUT_TRUNCATED,
    /** No credentials for a store were found in any of the places where they may be. */
    NO_CREDENTIALS,
    /** A store refuses the credentials it was shown: it does not know them, or the secret is another one. */
    BAD_CREDENTIALS,
    /** The credentials are good, but do not allow what was asked for. */
    ACCESS_DENIED,
    /** The region of a store is not known. */
    NO_REGION,
    /** A store answers that it is asked for too much, or fails, and did so for as long as is tried. */
    THROTTLED,
    /** The output target exists already. */
    OUTPUT_EXISTS,
    /** Output could not be published; nothing is visible. */
    COMMIT_FAILED,
    /** The user's function threw. */
    USER_CODE_FAILED,
    /** A task failed as often as is allowed for a reason that is not the user's function. */
    TASK_FAILED,
    /** No executor could be had, or none stayed alive. */
    EXECUTORS_LOST,
    /** Nothing of the job has moved for so long that it is given up. */
    NO_PROGRESS,
    /** A result is larger than the driver may hold. */
    RESULT_TOO_LARGE,
    /** The job was cancelled on request. */
    CANCELLED,
    /** The context is closed. */
    CLOSED,
    /** The driver process went away or refused us. */
    DRIVER_LOST,
    /** A lost map output was rebuilt with other rows after results had been computed from the earlier ones. */
    NON_DETERMINISTIC,
    /** Bytes of ours failed their checksum and could not be had again. */
    CORRUPT_DATA,
    /** Memory of an executor does not suffice for the smallest step, or a start lacks a directory or a port. */
    OUT_OF_RESOURCES,
    /** The local directories of all executors are full or broken. */
    SCRATCH_FULL,
    /** A defect of Kindling itself. */
    INTERNAL
}
