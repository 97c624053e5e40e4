package org.example.cluster;

import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingFiles;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Programs of a user, for a driver in the cluster. */
public final class Programs {
    private Programs() {}

    /** Sums numbers in executors, and writes the sum and the words of its file to a directory. */
    public static final class Sums {
        private Sums() {}

        public static void main(String[] args) throws IOException {
            try (KindlingContext kindling = new KindlingContext("yarn", "sums")) {
                long sum = kindling.range(1, 101, 1, 4).reduce(Long::sum);
                List<String> words = kindling.range(0, 1, 1, 1)
                        .map(i -> Files.readString(Path.of(KindlingFiles.get("words.txt"))))
                        .collect();
                Files.writeString(Path.of(args[0]), sum + " " + words.get(0).strip());
            }
        }
    }

    /** Fails in a task. */
    public static final class Fails {
        private Fails() {}

        public static void main(String[] args) {
            try (KindlingContext kindling = new KindlingContext("yarn", "fails")) {
                kindling.range(0, 4, 1, 2)
                        .map(i -> {
                            throw new IllegalStateException("no luck with " + args[0]);
                        })
                        .count();
            }
        }
    }

    /** Ends its JVM by itself. */
    public static final class Exits {
        private Exits() {}

        public static void main(String[] args) {
            System.exit(Integer.parseInt(args[0]));
        }
    }

    /** Is killed in its first attempt, and writes a file in its second; says by which process its tasks were run. */
    public static final class DiesOnce {
        private DiesOnce() {}

        public static void main(String[] args) throws IOException {
            try (KindlingContext kindling = new KindlingContext("yarn", "dies once")) {
                String result = kindling.range(0, 10, 1, 2).count() + " by "
                        + kindling.range(0, 1, 1, 1)
                                .map(i -> ProcessHandle.current().pid())
                                .first();
                try {
                    Files.writeString(Path.of(args[0] + ".first"), result, StandardOpenOption.CREATE_NEW);
                    Runtime.getRuntime().halt(137);
                } catch (FileAlreadyExistsException e) {
                    Files.writeString(Path.of(args[0]), result);
                }
            }
        }
    }
}
