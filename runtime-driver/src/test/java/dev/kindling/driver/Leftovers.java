package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindling.executor.ExecutorMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What an application may leave behind and must not: threads, processes, files. */
final class Leftovers {
    /** Threads of the JDK, of netty and of JUnit, shared by the whole JVM, which end by themselves when they are idle. */
    private static final Set<String> OF_LIBRARIES =
            Set.of("process reaper", "Cleaner-", "Common-Cleaner", "globalEventExecutor", "ForkJoinPool", "junit-");

    private static final long ENDED_WITHIN_NANOS = 60_000_000_000L;

    private final Set<Long> threadsBefore = liveThreads().map(Thread::getId).collect(Collectors.toSet());

    /** Fails with what there still is, {@code scratch} having been the only scratch directory. */
    void assertNone(Path scratch) {
        assertEquals(List.of(), processes(), "processes");
        assertEquals(Set.of(), threads(), "threads");
        assertEquals(List.of(), files(scratch), "files");
    }

    /** Threads that were started since this was made and still run a minute after the context was closed. */
    Set<String> threads() {
        long endNanos = System.nanoTime() + ENDED_WITHIN_NANOS;
        Set<String> left = threadsNow();
        while (!left.isEmpty() && System.nanoTime() < endNanos) {
            LockSupport.parkNanos(1_000_000);
            left = threadsNow();
        }
        return left;
    }

    private Set<String> threadsNow() {
        return liveThreads()
                .filter(thread -> !threadsBefore.contains(thread.getId()))
                .map(Thread::getName)
                .filter(name -> OF_LIBRARIES.stream().noneMatch(name::startsWith))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<Thread> liveThreads() {
        return Thread.getAllStackTraces().keySet().stream().filter(Thread::isAlive);
    }

    /** Executor processes that this JVM has started and that still live. */
    static List<Long> processes() {
        return executors().stream().map(ProcessHandle::pid).toList();
    }

    /** Servers of other tests may be beside them. */
    static List<ProcessHandle> executors() {
        return ProcessHandle.current()
                .descendants()
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.contains(ExecutorMain.class.getName()))
                        .isPresent())
                .toList();
    }

    /** What lies below a scratch directory. */
    static List<Path> files(Path scratch) {
        try (Stream<Path> found = Files.walk(scratch)) {
            return found.filter(path -> !path.equals(scratch)).toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
