// SPDX-License-Identifier: Apache-2.0
#include "server/query/resolve/grammar.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/query/parse/compare.h"
#include "server/query/resolve/allow_list/allow_list.h"

namespace scrim::resolve {
namespace {

struct Known {
  const ProtobufCMessageDescriptor* type;
  std::string_view fields;
};

// A node type that is not here is refused; so is one of these with a field set that is not named here.
const std::array kKnown{
    Known{&pg_query__select_stmt__descriptor,
          "distinct_clause,into_clause,target_list,from_clause,where_clause,group_clause,group_distinct,having_clause,"
          "window_clause,"
          "values_lists,sort_clause,limit_offset,limit_count,limit_option,locking_clause,with_clause,op,all,larg,rarg"},
    Known{&pg_query__with_clause__descriptor, "ctes,recursive,location"},
    Known{&pg_query__common_table_expr__descriptor,
          "ctename,aliascolnames,ctematerialized,ctequery,search_clause,cycle_clause,location"},
    Known{&pg_query__ctesearch_clause__descriptor, "search_col_list,search_breadth_first,search_seq_column,location"},
    Known{&pg_query__ctecycle_clause__descriptor,
          "cycle_col_list,cycle_mark_column,cycle_mark_value,cycle_mark_default,cycle_path_column,location"},
    Known{&pg_query__res_target__descriptor, "name,val,location"},
    Known{&pg_query__range_var__descriptor, "catalogname,schemaname,relname,inh,relpersistence,alias,location"},
    Known{&pg_query__alias__descriptor, "aliasname,colnames"},
    Known{&pg_query__join_expr__descriptor, "jointype,is_natural,larg,rarg,using_clause,join_using_alias,quals,alias"},
    Known{&pg_query__range_subselect__descriptor, "lateral,subquery,alias"},
    Known{&pg_query__range_function__descriptor, "lateral,ordinality,is_rowsfrom,functions,alias,coldeflist"},
    Known{&pg_query__range_table_sample__descriptor, "relation,method,args,repeatable,location"},
    Known{&pg_query__column_def__descriptor, "colname,type_name,coll_clause,is_local,location"},
    Known{&pg_query__column_ref__descriptor, "fields,location"},
    Known{&pg_query__a__const__descriptor, "isnull,location,ival,fval,boolval,sval,bsval"},
    Known{&pg_query__a__expr__descriptor, "kind,name,lexpr,rexpr,location"},
    Known{&pg_query__bool_expr__descriptor, "boolop,args,location"},
    Known{&pg_query__null_test__descriptor, "arg,nulltesttype,location"},
    Known{&pg_query__boolean_test__descriptor, "arg,booltesttype,location"},
    Known{&pg_query__func_call__descriptor,
          "funcname,args,agg_order,agg_filter,over,agg_within_group,agg_star,agg_distinct,func_variadic,funcformat,"
          "location"},
    Known{&pg_query__type_cast__descriptor, "arg,type_name,location"},
    Known{&pg_query__type_name__descriptor, "names,setof,pct_type,typmods,typemod,array_bounds,location"},
    Known{&pg_query__collate_clause__descriptor, "arg,collname,location"},
    Known{&pg_query__case_expr__descriptor, "arg,args,defresult,location"},
    Known{&pg_query__case_when__descriptor, "expr,result,location"},
    Known{&pg_query__coalesce_expr__descriptor, "args,location"},
    Known{&pg_query__min_max_expr__descriptor, "op,args,location"},
    Known{&pg_query__sqlvalue_function__descriptor, "op,typmod,location"},
    Known{&pg_query__sub_link__descriptor, "sub_link_type,testexpr,oper_name,subselect,location"},
    Known{&pg_query__a__array_expr__descriptor, "elements,location"},
    Known{&pg_query__row_expr__descriptor, "args,row_format,location"},
    Known{&pg_query__a__indirection__descriptor, "arg,indirection"},
    Known{&pg_query__a__indices__descriptor, "is_slice,lidx,uidx"},
    Known{&pg_query__a__star__descriptor, ""},
    Known{&pg_query__grouping_func__descriptor, "args,location"},
    Known{&pg_query__grouping_set__descriptor, "kind,content,location"},
    Known{&pg_query__named_arg_expr__descriptor, "arg,name,argnumber,location"},
    Known{&pg_query__param_ref__descriptor, "number,location"},
    Known{&pg_query__window_def__descriptor,
          "name,refname,partition_clause,order_clause,frame_options,start_offset,end_offset,location"},
    Known{&pg_query__sort_by__descriptor, "node,sortby_dir,sortby_nulls,use_op,location"},
    Known{&pg_query__list__descriptor, "items"},
    Known{&pg_query__string__descriptor, "sval"},
    Known{&pg_query__integer__descriptor, "ival"},
    Known{&pg_query__float__descriptor, "fval"},
    Known{&pg_query__boolean__descriptor, "boolval"},
    Known{&pg_query__bit_string__descriptor, "bsval"},
    // Let through so that resolve can refuse them with a sentence of their own.
    Known{&pg_query__into_clause__descriptor, "*"},
    Known{&pg_query__locking_clause__descriptor, "*"},
    Known{&pg_query__set_to_default__descriptor, "*"},
};

using FieldFlags = std::vector<bool>;

std::unordered_map<const ProtobufCMessageDescriptor*, FieldFlags> compiled() {
  std::unordered_map<const ProtobufCMessageDescriptor*, FieldFlags> all;
  for (const Known& known : kKnown) {
    const std::vector<std::string_view> names = splitNames(known.fields);
    FieldFlags flags(known.type->n_fields);
    for (unsigned i = 0; i < known.type->n_fields; ++i) {
      flags[i] =
          known.fields == "*" || std::find(names.begin(), names.end(), known.type->fields[i].name) != names.end();
    }
    all.emplace(known.type, std::move(flags));
  }
  return all;
}

bool isSet(const ProtobufCMessage& message, const ProtobufCFieldDescriptor& field) {
  const char* at = reinterpret_cast<const char*>(&message) + field.offset;
  const char* count = reinterpret_cast<const char*>(&message) + field.quantifier_offset;
  if (field.label == PROTOBUF_C_LABEL_REPEATED) return *reinterpret_cast<const std::size_t*>(count) > 0;
  if ((field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
    return *reinterpret_cast<const std::uint32_t*>(count) == field.id;
  switch (field.type) {
    case PROTOBUF_C_TYPE_MESSAGE:
      return *reinterpret_cast<ProtobufCMessage* const*>(at) != nullptr;
    case PROTOBUF_C_TYPE_STRING: {
      const char* text = *reinterpret_cast<const char* const*>(at);
      return text != nullptr && *text != '\0';
    }
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
      return *reinterpret_cast<const std::int64_t*>(at) != 0;
    default:
      return *reinterpret_cast<const std::int32_t*>(at) != 0;
  }
}

}  // namespace

base::Result<void> checkGrammar(const PgQuery__Node& statement) {
  static const auto kFields = compiled();
  std::string unknown;
  parse::forEachMessage(statement.base, [&](const ProtobufCMessage& message) {
    if (!unknown.empty()) return false;
    const ProtobufCMessageDescriptor* type = message.descriptor;
    if (type == &pg_query__node__descriptor) return true;
    const auto known = kFields.find(type);
    if (known == kFields.end()) {
      unknown = type->short_name;
      return false;
    }
    for (unsigned i = 0; i < type->n_fields && unknown.empty(); ++i) {
      if (!known->second[i] && isSet(message, type->fields[i])) {
        unknown = std::string(type->short_name) + "." + type->fields[i].name;
      }
    }
    return unknown.empty();
  });
  if (unknown.empty()) return {};
  return base::Error{.code = base::ErrorCode::notSupported,
                     .message = "this syntax is not available through Scrim (" + unknown + ")"};
}

}  // namespace scrim::resolve
