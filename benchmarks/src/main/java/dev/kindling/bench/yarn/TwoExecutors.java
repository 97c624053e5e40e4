package dev.kindling.bench.yarn;

import dev.kindling.api.KindlingContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** The program that is measured: writes down when it has had results of two executors. */
public final class TwoExecutors {
    private TwoExecutors() {}

    /** @param args the file for the time, in milliseconds since 1970 */
    public static void main(String[] args) throws IOException {
        try (KindlingContext kindling = new KindlingContext("yarn", "two executors")) {
            Set<Long> processes = new HashSet<>();
            while (processes.size() < 2) {
                processes.addAll(kindling.range(0, 4, 1, 4)
                        .map(i -> ProcessHandle.current().pid())
                        .collect());
            }
            Files.writeString(Path.of(args[0]), Long.toString(System.currentTimeMillis()));
        }
    }
}
