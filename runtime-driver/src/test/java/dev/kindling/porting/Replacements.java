package dev.kindling.porting;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the page on porting has replaced in a program, as text; the most particular comes first. */
final class Replacements {
    /** What the program of the page needs. */
    static final List<Map.Entry<String, String>> OF_THE_PAGE = List.of(
            Map.entry("org.apache.spark.SparkConf", "dev.kindling.api.KindlingConf"),
            Map.entry("org.apache.spark.api.java.JavaSparkContext", "dev.kindling.api.KindlingContext"),
            Map.entry("org.apache.spark.api.java.JavaRDD", "dev.kindling.api.RDD"),
            Map.entry("org.apache.spark.api.java.JavaPairRDD", "dev.kindling.api.PairRDD"),
            Map.entry("org.apache.spark.api.java.Optional", "java.util.Optional"),
            Map.entry("org.apache.spark.storage.StorageLevel", "dev.kindling.api.StorageLevel"),
            Map.entry("org.apache.spark.util.LongAccumulator", "dev.kindling.api.LongAccumulator"),
            Map.entry("scala.Tuple2", "dev.kindling.api.Tuple2"),
            Map.entry("SparkConf", "KindlingConf"),
            Map.entry("JavaSparkContext", "KindlingContext"),
            Map.entry("JavaPairRDD", "PairRDD"),
            Map.entry("JavaRDD", "RDD"),
            Map.entry("sc.sc()", "sc"),
            Map.entry("MEMORY_AND_DISK()", "MEMORY_AND_DISK"),
            Map.entry("._1", "._1()"),
            Map.entry("._2", "._2()"),
            Map.entry(".or(", ".orElse("));

    /** What others need besides. */
    private static final List<Map.Entry<String, String>> OF_OTHERS = List.of(
            Map.entry("org.apache.spark.api.java.function.", "dev.kindling.api.function."),
            Map.entry("org.apache.spark.broadcast.Broadcast", "dev.kindling.api.Broadcast"),
            Map.entry("scala.Tuple3", "dev.kindling.api.Tuple3"),
            // Those that called the method before.
            Map.entry("()()", "()"));

    private Replacements() {}

    static String in(String program) {
        List<Map.Entry<String, String>> all = new ArrayList<>(OF_THE_PAGE);
        all.addAll(OF_OTHERS);
        String ported = program;
        for (Map.Entry<String, String> replacement : all) {
            ported = ported.replace(replacement.getKey(), replacement.getValue());
        }
        return ported;
    }
}
