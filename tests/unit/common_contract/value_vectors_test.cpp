// SPDX-License-Identifier: Apache-2.0
// The reference interpreter against the vectors that run on every engine.
#include "common/contract/contract.h"
#include "common/policy/bind.h"
#include "common/policy/evaluate.h"
#include "common/policy/language.h"
#include "common/policy/mask_effect.h"
#include "tests/unit/common_contract/vectors.h"

namespace scrim::contract {
namespace {

TEST(MaskVectors, Rfc4231) {
  for (const Object& item : objectsOf(readVectors("masks.json"), "rfc4231")) {
    const std::string key = *base::fromHex(textOf(item, "key"));
    EXPECT_EQ(base::toHex(base::hmacSha256(key, *base::fromHex(textOf(item, "data")))), textOf(item, "hmac"));
  }
}

TEST(MaskVectors, EachMaskShowsWhatItShould) {
  const Object vectors = readVectors("masks.json");
  const std::string key = *base::fromHex(textOf(vectors, "hashKey"));
  for (const Object& item : objectsOf(vectors, "cases")) {
    const std::string json = jsonOf(item);
    const auto mask = maskFromJson(jsonOf(item->getObject("mask")));
    ASSERT_TRUE(mask.ok()) << json << "\n" << mask.error().message;
    const schema::DataType type = typeOf(textOf(item, "type"), item->optValue("modifier", -1));
    const auto shown = policy::masked(*mask, type, cellOf(item, "value"), key);
    ASSERT_TRUE(shown.ok()) << json << "\n" << shown.error().message;
    EXPECT_EQ(*shown, cellOf(item, "shows")) << json;
    EXPECT_EQ(policy::maskResultType(*mask, type).name, textOf(item, "result")) << json;
  }
}

TEST(MaskVectors, AnotherKeyGivesAnotherHash) {
  const policy::Mask hashing{.method = policy::MaskMethod::hashing};
  const schema::DataType text = typeOf("text");
  EXPECT_NE(*policy::masked(hashing, text, "x", "one key"), *policy::masked(hashing, text, "x", "another key"));
}

struct World {
  std::vector<policy::ResourceColumn> columns;
  std::vector<policy::Row> rows;
  policy::Evaluation context;
  std::string key;
};

policy::Row rowOf(const Object& object) {
  policy::Row out;
  for (const std::string& name : object->getNames()) out[name] = cellOf(object, name);
  return out;
}

std::vector<policy::ResourceColumn> columnsOf(const Object& object) {
  std::vector<policy::ResourceColumn> out;
  for (const std::string& name : object->getNames()) out.push_back({name, typeOf(textOf(object, name)), {}});
  return out;
}

World worldOf(const Object& vectors) {
  World out{.columns = columnsOf(vectors->getObject("columns")), .key = *base::fromHex(textOf(vectors, "hashKey"))};
  for (const Object& row : objectsOf(vectors, "rows")) out.rows.push_back(rowOf(row));
  out.context.now = textOf(vectors, "now");
  for (const Object& lookup : objectsOf(vectors, "lookups")) {
    policy::Table table{columnsOf(lookup->getObject("columns")), {}};
    for (const Object& row : objectsOf(lookup, "rows")) table.rows.push_back(rowOf(row));
    out.context.lookups[{textOf(lookup, "schema"), textOf(lookup, "name")}] = table;
  }
  return out;
}

void expectTruth(const World& world, const policy::Expression& predicate, const Object& item) {
  policy::Evaluation context = world.context;
  context.hashKey = world.key;
  const auto expected = item->getArray("truth");
  for (std::size_t i = 0; i < world.rows.size(); ++i) {
    const auto truth = policy::evaluate(predicate, world.columns, world.rows[i], context);
    ASSERT_TRUE(truth.ok()) << jsonOf(item) << "\n" << truth.error().message;
    const policy::Truth wanted = expected->isNull(static_cast<unsigned>(i))
                                     ? policy::Truth{}
                                     : policy::Truth(expected->getElement<bool>(static_cast<unsigned>(i)));
    EXPECT_EQ(*truth, wanted) << jsonOf(item) << " row " << i;
  }
}

TEST(PredicateVectors, SayOfEachRowWhatTheyShould) {
  const Object vectors = readVectors("predicates.json");
  const World world = worldOf(vectors);
  for (const Object& item : objectsOf(vectors, "cases")) {
    const auto predicate = policy::parseExpression(textOf(item, "predicate"));
    ASSERT_TRUE(predicate.ok()) << jsonOf(item) << "\n" << predicate.error().message;
    EXPECT_EQ(policy::print(**predicate), textOf(item, "predicate"));
    const std::string json = toJson(**predicate);
    const auto back = expressionFromJson(json);
    ASSERT_TRUE(back.ok()) << json << back.error().message;
    EXPECT_TRUE(policy::equal(*back, *predicate)) << json;
    expectTruth(world, **predicate, item);
  }
}

TEST(PredicateVectors, WholeRowRules) {
  const Object vectors = readVectors("predicates.json");
  const World world = worldOf(vectors);
  for (const char* part : {"recent", "samples"}) {
    for (const Object& item : objectsOf(vectors, part)) {
      const std::string between = std::string(part) == "recent" ? "SHOW ONLY ROWS " : "SHOW ONLY ";
      const auto sentence = policy::parseSentence(between + textOf(item, "rows") + " FOR EVERYONE");
      ASSERT_TRUE(sentence.ok()) << jsonOf(item) << "\n" << sentence.error().message;
      expectTruth(world, *std::get<policy::RowAction>(sentence->action).predicate, item);
    }
  }
}

}  // namespace
}  // namespace scrim::contract
