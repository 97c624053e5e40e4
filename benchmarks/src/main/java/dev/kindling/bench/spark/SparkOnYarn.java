package dev.kindling.bench.spark;

import dev.kindling.bench.work.OnYarn;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/** The program that is measured on YARN, for Spark. */
public final class SparkOnYarn implements OnYarn.Engine {
    private final JavaSparkContext spark;
    private JavaPairRDD<Integer, Long> counts;

    private SparkOnYarn(JavaSparkContext spark) {
        this.spark = spark;
    }

    /** @param args those of {@link OnYarn} */
    public static void main(String[] args) throws IOException, InterruptedException {
        try (JavaSparkContext spark = new JavaSparkContext(new SparkConf().setAppName("on YARN"))) {
            OnYarn.run(new SparkOnYarn(spark), args);
        }
    }

    @Override
    public List<String> places() {
        return spark.parallelize(numbers(4), 4).map(i -> OnYarn.place()).collect();
    }

    @Override
    public void shuffle(Path ran) {
        if (counts == null) {
            String file = ran.toString();
            counts = spark.parallelize(numbers(OnYarn.MAP_TASKS), OnYarn.MAP_TASKS)
                    .mapToPair(i -> {
                        OnYarn.ran(file);
                        return new Tuple2<>(i % 3, 1L);
                    })
                    .reduceByKey(Long::sum);
        }
        counts.count();
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }
}
