package dev.kindling.driver;

import dev.kindling.api.KindlingContext;
import dev.kindling.api.Tuple2;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;

/** The tutorial's job on the bundled real data, and the same count made without an engine. */
final class ZipCount {
    private ZipCount() {}

    /** The file, wherever below the repository the test runs. */
    static Path input() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("data/zipcodes.tsv"))) {
            directory = directory.getParent();
        }
        return directory.resolve("data/zipcodes.tsv");
    }

    static List<Tuple2<Integer, Long>> run(KindlingContext kindling, int partitions) {
        return kindling.textFile(input().toString(), partitions)
                .map(line -> line.split("\t"))
                .mapToPair(fields -> Tuple2.of(Integer.parseInt(fields[0]), Integer.parseInt(fields[1])))
                .groupByKey(partitions)
                .mapValues(ZipCount::size)
                .sortByKey(true, partitions)
                .collect();
    }

    private static long size(Iterable<Integer> group) {
        long size = 0;
        for (Integer ignored : group) {
            size++;
        }
        return size;
    }

    static List<Tuple2<Integer, Long>> expected() {
        TreeMap<Integer, Long> counts = new TreeMap<>();
        try (var lines = Files.lines(input())) {
            lines.forEach(line -> counts.merge(Integer.parseInt(line.substring(0, line.indexOf('\t'))), 1L, Long::sum));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return counts.entrySet().stream()
                .map(e -> Tuple2.of(e.getKey(), e.getValue()))
                .toList();
    }
}
