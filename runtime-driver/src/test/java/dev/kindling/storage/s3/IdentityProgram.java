package dev.kindling.storage.s3;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;

/** A program of a user, who says by variables whose it is: copies text from one path to another in an executor process. */
final class IdentityProgram {
    private IdentityProgram() {}

    /** @param args input and output */
    public static void main(String[] args) {
        KindlingConf conf = new KindlingConf(true).setMaster("local-cluster[1,1,128]");
        try (KindlingContext kindling = new KindlingContext(conf)) {
            kindling.textFile(args[0]).saveAsTextFile(args[1]);
            System.out.println("copied " + kindling.textFile(args[1]).count() + " lines");
        }
    }
}
