package dev.kindling.bench.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What driver and executors hold between two rounds of jobs.
 *
 * @param second since the first round
 * @param rounds run so far
 * @param driverHeapBytes after a collection, as {@code executorHeapBytes}, of all executors together
 * @param residentBytes of all processes
 * @param files below the scratch directories, without those of shuffles that nobody refers to, and without logs: of
 *     executors that were lost the newest hundred are kept, whatever happens
 */
record Sample(
        double second,
        int rounds,
        long driverHeapBytes,
        long executorHeapBytes,
        long residentBytes,
        long descriptors,
        long threads,
        long files,
        long fileBytes) {
    static final String HEAD =
            "second,rounds,driver_heap_bytes,executor_heap_bytes,resident_bytes,descriptors,threads,files,file_bytes";

    private static final long SETTLE_MS = 250;
    private static final Path LOGS = Path.of("logs");

    /** @param nextCall one that makes a set: what collections have found unreachable is dropped by the next such call */
    static Sample of(double second, int rounds, long executorHeapBytes, Path scratch, Runnable nextCall)
            throws IOException, InterruptedException {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        List<ProcessHandle> processes = Stream.concat(
                        Stream.of(ProcessHandle.current()),
                        ProcessHandle.current().descendants())
                .toList();
        long[] files = filesLeftBelow(scratch, nextCall);
        return new Sample(
                second,
                rounds,
                runtime.totalMemory() - runtime.freeMemory(),
                executorHeapBytes,
                processes.stream().mapToLong(Sample::residentBytes).sum(),
                processes.stream().mapToLong(process -> entries(process, "fd")).sum(),
                processes.stream()
                        .mapToLong(process -> entries(process, "task"))
                        .sum(),
                files[0],
                files[1]);
    }

    private static long entries(ProcessHandle process, String directory) {
        try (Stream<Path> entries = Files.list(Path.of("/proc/" + process.pid() + "/" + directory))) {
            return entries.count();
        } catch (IOException | UncheckedIOException e) {
            return 0; // it has ended in the meantime, or this is not Linux
        }
    }

    private static long residentBytes(ProcessHandle process) {
        try {
            return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                            .filter(line -> line.startsWith("VmRSS:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                            .sum()
                    << 10;
        } catch (IOException e) {
            return 0;
        }
    }

    /** Once collections bring no more shuffles to light that nobody refers to: one may set free what another one finds. */
    private static long[] filesLeftBelow(Path directory, Runnable nextCall) throws IOException, InterruptedException {
        long[] left = filesBelow(directory);
        for (int same = 0; same < 2; ) {
            System.gc();
            Thread.sleep(SETTLE_MS);
            nextCall.run();
            Thread.sleep(SETTLE_MS);
            long[] now = filesBelow(directory);
            same = now[0] < left[0] ? 0 : same + 1;
            left = now;
        }
        return left;
    }

    /** How many, and their bytes; what goes while we look is left out. */
    private static long[] filesBelow(Path directory) throws IOException {
        long[] counted = new long[2];
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path next, BasicFileAttributes attributes) {
                return LOGS.equals(next.getFileName()) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                counted[0]++;
                counted[1] += attributes.size();
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) {
                return FileVisitResult.CONTINUE;
            }
        });
        return counted;
    }

    String csv() {
        return String.format(
                Locale.ROOT,
                "%.1f,%d,%d,%d,%d,%d,%d,%d,%d",
                second,
                rounds,
                driverHeapBytes,
                executorHeapBytes,
                residentBytes,
                descriptors,
                threads,
                files,
                fileBytes);
    }
}
