package dev.kindling.porting;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.LongAccumulator;
import dev.kindling.api.PairRDD;
import dev.kindling.api.RDD;
import dev.kindling.api.StorageLevel;
import dev.kindling.api.Tuple2;
import java.util.List;
import java.util.Optional;

/** The regions that sold most, and how many lines could not be read. */
public final class TopRegions {
    private TopRegions() {}

    public static void main(String[] args) {
        KindlingConf conf = new KindlingConf().setAppName("top regions").setIfMissing("spark.master", "local[2]");
        try (KindlingContext sc = new KindlingContext(conf)) {
            LongAccumulator malformed = sc.longAccumulator("malformed");
            RDD<String[]> sales = sc.textFile(args[0])
                    .map(line -> line.split(","))
                    .filter(fields -> {
                        if (fields.length != 3) {
                            malformed.add(1);
                        }
                        return fields.length == 3;
                    });
            PairRDD<String, Double> byShop = sales.mapToPair(f -> new Tuple2<>(f[0], Double.parseDouble(f[2])))
                    .reduceByKey(Double::sum)
                    .persist(StorageLevel.MEMORY_AND_DISK);
            PairRDD<String, String> regions =
                    sc.textFile(args[1]).map(line -> line.split(",")).mapToPair(f -> new Tuple2<>(f[0], f[1]));
            PairRDD<String, Double> byRegion = byShop.leftOuterJoin(regions)
                    .mapToPair(t -> new Tuple2<>(regionOf(t._2()._2()), t._2()._1()))
                    .reduceByKey(Double::sum);
            List<Tuple2<Double, String>> top =
                    byRegion.mapToPair(t -> t.swap()).sortByKey(false).take(3);
            for (Tuple2<Double, String> t : top) {
                System.out.println(t._2() + " " + t._1());
            }
            byRegion.sortByKey().saveAsTextFile(args[2]);
            System.out.println(byShop.count() + " shops, " + malformed.value() + " lines could not be read");
        }
    }

    private static String regionOf(Optional<String> region) {
        return region.orElse("elsewhere");
    }
}
