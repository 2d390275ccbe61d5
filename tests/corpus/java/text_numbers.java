// Text and numbers: big integers and decimals, regular expressions, locales, normalisation, dates, formats, hashes.
import java.math.*;
import java.nio.charset.*;
import java.security.*;
import java.text.*;
import java.time.*;
import java.time.format.*;
import java.time.temporal.ChronoUnit;
import java.util.*;
import java.util.regex.*;
import java.util.stream.*;

class Main {
    static void check(boolean good) { if (!good) throw new AssertionError(); }
    public static void main(String[] args) throws Exception {
        BigInteger factorial = IntStream.rangeClosed(2, 2000).mapToObj(BigInteger::valueOf).reduce(BigInteger.ONE, BigInteger::multiply);
        System.out.println(factorial.toString().length() + " " + factorial.toString().chars().map(c -> c - '0').sum());
        check(BigInteger.TWO.pow(521).subtract(BigInteger.ONE).isProbablePrime(50));
        System.out.println(BigInteger.valueOf(3).modPow(BigInteger.TEN.pow(40), BigInteger.valueOf(1_000_000_007)));
        System.out.println(new BigDecimal(2).sqrt(new MathContext(50)) + " " + new BigDecimal("0.1").add(new BigDecimal("0.2")));
        String text = "Žluťoučký kůň — 日本語 — 🎉";
        System.out.println(text.toUpperCase(Locale.ROOT) + " " + text.length() + " " + text.codePointCount(0, text.length()) + " " + text.getBytes(StandardCharsets.UTF_8).length);
        String decomposed = Normalizer.normalize(text, Normalizer.Form.NFD);
        check(!decomposed.equals(text) && Normalizer.normalize(decomposed, Normalizer.Form.NFC).equals(text));
        System.out.println(decomposed.replaceAll("\\p{M}", "").substring(0, 13));
        for (String name : new String[]{"UTF-16", "UTF-32LE", "GB18030"}) check(new String(text.getBytes(name), name).equals(text));
        try { StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(new byte[]{(byte) 0xff})); check(false); } catch (CharacterCodingException e) { System.out.println("malformed"); }
        Matcher matcher = Pattern.compile("(?<year>\\d{4})-(?<month>\\d\\d)").matcher("2024-05 and 1999-12");
        StringBuilder out = new StringBuilder();
        while (matcher.find()) matcher.appendReplacement(out, "${month}/${year}");
        System.out.println(matcher.appendTail(out) + " " + "ŽLUŤ".matches("(?iu)žluť") + " " + Pattern.compile("(a+)+b").matcher("aaaaaaaaaaaaaab").matches());
        List<String> letters = new ArrayList<>(List.of("č", "c", "d", "á", "z", "a"));
        letters.sort(Collator.getInstance(new Locale("cs")));
        System.out.println(String.join("", letters) + " " + String.format(Locale.GERMANY, "%,.2f %x %08.3f %s", 1234567.891, 255, 3.14159, true));
        System.out.println(ZonedDateTime.of(2024, 7, 1, 12, 0, 0, 0, ZoneId.of("Europe/Prague")).toInstant() + " " + ChronoUnit.DAYS.between(LocalDate.of(2024, 1, 1), LocalDate.of(2024, 12, 25)));
        System.out.println(LocalDate.of(2024, 2, 29).format(DateTimeFormatter.ofPattern("EEEE d. MMMM yyyy", Locale.FRENCH)) + " " + Duration.parse("PT1H30M").toMinutes());
        byte[] digest = MessageDigest.getInstance("SHA-256").digest("corpus".getBytes());
        System.out.println(HexFormat.of().formatHex(digest, 0, 8) + " " + Base64.getEncoder().encodeToString("žlutý".getBytes(StandardCharsets.UTF_8)));
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        check(!Arrays.equals(random, new byte[16]) && UUID.randomUUID().version() == 4);
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair pair = generator.generateKeyPair();
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(pair.getPrivate()); signature.update(digest);
        byte[] signed = signature.sign();
        signature.initVerify(pair.getPublic()); signature.update(digest);
        System.out.println("signed " + signature.verify(signed));
        System.out.println(0.1 + 0.2 + " " + (int) 3e9 + " " + Long.toBinaryString(10) + " " + Math.floorMod(-7, 3) + " " + Float.MIN_VALUE + " " + new Random(42).nextInt(1000));
    }
}
