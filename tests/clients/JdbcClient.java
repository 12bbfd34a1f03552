// SPDX-License-Identifier: Apache-2.0
// pgjdbc: extended protocol, server-side prepared statements (binary after the fifth use), fetch size, cancel, COPY.
import java.io.StringWriter;
import java.sql.*;
import java.util.*;
import org.postgresql.PGConnection;
import org.postgresql.util.PSQLException;

public class JdbcClient {
  interface Body { void run(Connection db) throws Exception; }

  static final Map<String, String> ENV = System.getenv();
  static final int PRODUCT15 = Integer.parseInt(ENV.get("SCRIM_EXPECTED_PRODUCT15"));
  static final int REFERENCE = Integer.parseInt(ENV.get("SCRIM_EXPECTED_REFERENCE"));
  static final String QUERY = "SELECT id, age, department, purchase_date FROM customer_purchases "
      + "WHERE age BETWEEN 18 AND 24 AND product_id = ? ORDER BY id, purchase_date, department";
  static int failed = 0;

  static Connection connect(String more) throws SQLException {
    String url = "jdbc:postgresql://" + ENV.get("SCRIM_SQL_HOST") + ":" + ENV.get("SCRIM_SQL_PORT")
        + "/scrim?sslmode=verify-full&sslrootcert=" + ENV.get("SCRIM_CA") + more;
    return DriverManager.getConnection(url, "alice", ENV.get("DEMO_ALICE_PASSWORD"));
  }

  static void check(String name, String more, Body body) {
    try (Connection db = connect(more)) {
      body.run(db);
      System.out.println("ok " + name);
    } catch (Throwable error) {
      failed++;
      System.out.println("FAIL " + name + ": " + error);
    }
  }

  static void equal(Object got, Object want) {
    if (!Objects.equals(got, want)) throw new AssertionError("got " + got + ", want " + want);
  }

  static int rowsOf(PreparedStatement statement) throws SQLException {
    int rows = 0;
    try (ResultSet result = statement.executeQuery()) {
      while (result.next()) {
        if (result.getInt("age") < 18 || result.getDate("purchase_date") == null) throw new AssertionError("bad row");
        if (!Set.of("Toys", "Home Goods").contains(result.getString("department"))) throw new AssertionError("hidden row");
        rows++;
      }
    }
    return rows;
  }

  static void prepared(Connection db) throws SQLException {
    try (PreparedStatement statement = db.prepareStatement(QUERY)) {
      for (int i = 0; i < 10; i++) {
        statement.setInt(1, 15);
        equal(rowsOf(statement), REFERENCE);
      }
    }
  }

  static void fetchSize(Connection db) throws SQLException {
    db.setAutoCommit(false);
    try (PreparedStatement statement = db.prepareStatement(QUERY)) {
      statement.setFetchSize(3);
      statement.setInt(1, 15);
      equal(rowsOf(statement), REFERENCE);
    }
    db.commit();
  }

  static void errorAndSavepoint(Connection db) throws SQLException {
    db.setAutoCommit(false);
    Savepoint savepoint = db.setSavepoint();
    try (Statement statement = db.createStatement()) {
      statement.executeQuery("SELECT nope FROM customer_purchases");
      throw new AssertionError("no error");
    } catch (PSQLException error) {
      equal(error.getSQLState(), "42703");
      equal(error.getServerErrorMessage().getPosition(), 8);
    }
    db.rollback(savepoint);
    try (Statement statement = db.createStatement(); ResultSet result = statement.executeQuery("SELECT 1")) {
      equal(result.next(), true);
    }
    db.rollback();
  }

  static void cancel(Connection db) throws Exception {
    try (Statement statement = db.createStatement()) {
      new Timer(true).schedule(new TimerTask() {
        @Override public void run() {
          try { statement.cancel(); } catch (SQLException ignored) { /* the check below would fail */ }
        }
      }, 700);
      statement.executeQuery("SELECT count(*) FROM customer_purchases a, customer_purchases b WHERE a.age + b.age > 20");
      throw new AssertionError("not canceled");
    } catch (PSQLException error) {
      equal(error.getSQLState(), "57014");
    }
  }

  static void copy(Connection db) throws Exception {
    StringWriter out = new StringWriter();
    db.unwrap(PGConnection.class).getCopyAPI().copyOut("COPY (SELECT id FROM customer_purchases WHERE product_id = 15) TO STDOUT", out);
    equal((int) out.toString().lines().count(), PRODUCT15);
  }

  public static void main(String[] arguments) {
    check("prepared_statements", "", JdbcClient::prepared);
    check("binary_from_the_first_use", "&prepareThreshold=-1", JdbcClient::prepared);
    check("simple_protocol", "&preferQueryMode=simple", JdbcClient::prepared);
    check("fetch_size_suspends_portals", "", JdbcClient::fetchSize);
    check("error_and_savepoint", "", JdbcClient::errorAndSavepoint);
    check("cancel", "", JdbcClient::cancel);
    check("copy_out", "", JdbcClient::copy);
    System.exit(failed == 0 ? 0 : 1);
  }
}
